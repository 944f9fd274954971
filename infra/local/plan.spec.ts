import { expect, test } from '@jest/globals';
import { planOf, portsOf } from './plan.ts';

test('everything runs unless something is named', () => {
  expect(planOf([]).services).toEqual(['identity', 'blog', 'gateway']);
});

test('a service brings what it needs', () => {
  expect(planOf(['blog']).services).toEqual(['identity', 'blog']);
  expect(planOf(['identity']).services).toEqual(['identity']);
});

test('nobody is stopped before those who need it', () => {
  expect(planOf([]).stopOrder).toEqual([['gateway'], ['blog'], ['identity']]);
});

test('a service that there is not is refused by name', () => {
  expect(() => planOf(['blogg'])).toThrow('There is no service "blogg": choose from identity, blog, gateway.');
});

test('the port base moves every port', () => {
  expect(portsOf(planOf(['blog']), 4000, ['postgres', 'redis'])).toEqual([
    { name: 'postgres', port: 4032 },
    { name: 'redis', port: 4079 },
    { name: 'identity', port: 4001 },
    { name: 'blog', port: 4002 },
  ]);
});
