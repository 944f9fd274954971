import { expect, test } from '@jest/globals';
import { planOf, portsOf } from './plan.ts';

test('everything runs unless something is named', () => {
  expect(planOf([]).services).toEqual(['identity', 'blog', 'links', 'analytics', 'gateway']);
});

test('a service brings what it needs', () => {
  expect(planOf(['blog']).services).toEqual(['identity', 'blog']);
  expect(planOf(['identity']).services).toEqual(['identity']);
});

test('nobody is stopped before those who need it', () => {
  expect(planOf([]).stopOrder).toEqual([['gateway'], ['blog', 'links', 'analytics'], ['identity']]);
});

test('a service that there is not is refused by name', () => {
  expect(() => planOf(['blogg'])).toThrow(
    'There is no service "blogg": choose from identity, blog, links, analytics, gateway.',
  );
});

test('several instances of a service: names, ports, and stopped in one wave', () => {
  const plan = planOf([], { blog: 3, gateway: 2 });
  expect(plan.instances.map(({ name }) => name)).toEqual(
    ['identity', 'blog', 'blog-2', 'blog-3', 'links', 'analytics', 'gateway', 'gateway-2'], // prettier-ignore
  );
  expect(plan.services).toEqual(['identity', 'blog', 'links', 'analytics', 'gateway']);
  const middle = ['blog', 'blog-2', 'blog-3', 'links', 'analytics'];
  expect(plan.stopOrder).toEqual([['gateway', 'gateway-2'], middle, ['identity']]);
  expect(portsOf(plan, 4000, [])).toEqual([
    { name: 'identity', port: 4001 },
    { name: 'blog', port: 4002 },
    { name: 'blog-2', port: 4102 },
    { name: 'blog-3', port: 4202 },
    { name: 'links', port: 4003 },
    { name: 'analytics', port: 4004 },
    { name: 'gateway', port: 4000 },
    { name: 'gateway-2', port: 4100 },
  ]);
});

test('no two instances share a port, however many there are, nor one with a backing service', () => {
  const ports = portsOf(planOf([], { blog: 9, identity: 9, gateway: 9 }), 3000, ['postgres', 'redis', 'kafka']);
  expect(new Set(ports.map(({ port }) => port)).size).toBe(32);
});

test.each([
  [[], { blogg: 2 }, 'There is no service "blogg": choose from identity, blog, links, analytics, gateway.'],
  [[], { toString: 2 }, 'There is no service "toString": choose from identity, blog, links, analytics, gateway.'],
  [[], { postgres: 2 }, 'postgres cannot be scaled: all services share the one that there is.'],
  [['identity'], { blog: 2 }, 'blog does not run here, so that it cannot be scaled: name it too.'],
])('%j scaled by %j is one sentence', (services, scale, sentence) => {
  expect(() => planOf(services, scale as Record<string, number>)).toThrow(sentence);
});

test('the port base moves every port', () => {
  expect(portsOf(planOf(['blog']), 4000, ['postgres', 'redis'])).toEqual([
    { name: 'postgres', port: 4032 },
    { name: 'redis', port: 4079 },
    { name: 'identity', port: 4001 },
    { name: 'blog', port: 4002 },
  ]);
});
