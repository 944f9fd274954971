import { expect, test } from '@jest/globals';
import { greeting } from './greeting.ts';
import { planOf } from './plan.ts';

const greet = (services: string[], empty = false, isBeingFilled = false) =>
  greeting(planOf(services), { portBase: 4000, empty, isBeingFilled }, '5.0 s');

test('says where to go, as whom, and what to try', () => {
  const text = greet([]);
  expect(text).toContain('API       http://127.0.0.1:4000/api/v1');
  expect(text).toContain(
    'Accounts  admin (admin), ada (author), bob (reader), eve (moderator); password cairn-demo-2026',
  );
  expect(text).toContain(`curl http://127.0.0.1:4000/api/v1/sessions --json '{"login":"ada",`);
});

test('the graph is at the gateway, or at each service where that does not run', () => {
  expect(greet([])).toContain('GraphQL   http://127.0.0.1:4000/graphql (GraphiQL in a browser)');
  expect(greet([])).not.toContain(':4002/graphql');
  expect(greet(['blog'])).toContain('http://127.0.0.1:4002/graphql (blog)');
});

test('a link to follow, where the demo world has one, and the page of reports', () => {
  expect(greet([])).toContain('curl -i http://127.0.0.1:4000/s/http');
  expect(greet([])).toContain('Reports   http://127.0.0.1:4000/analytics (in a browser)');
  expect(greet(['links'])).toContain('Accounts  admin (admin); password');
  for (const none of [greet([], true), greet(['links']), greet(['blog'])]) expect(none).not.toContain('/s/http');
  expect(greet(['blog'])).not.toContain('Reports');
});

test('without the gateway each service has its own address', () => {
  const text = greet(['blog']);
  expect(text).toContain('curl http://127.0.0.1:4002/api/v1/posts');
  expect(text).toContain('curl http://127.0.0.1:4001/api/v1/sessions');
});

test('lists every instance where a service has several', () => {
  const text = greeting(planOf(['blog'], { blog: 2 }), { portBase: 4000, empty: true, isBeingFilled: false }, '5.0 s');
  expect(text).toContain(
    'Instances identity http://127.0.0.1:4001, blog http://127.0.0.1:4002, blog-2 http://127.0.0.1:4102',
  );
  expect(greet([])).not.toContain('Instances');
});

test('names no account that there is not', () => {
  expect(greet(['identity'])).toContain('Accounts  admin (admin); password');
  expect(greet(['identity'])).not.toContain('ada');
  expect(greet([], true)).not.toMatch(/Accounts|password/);
});

test('says that accounts and posts are on their way, when there will be any', () => {
  expect(greet([], false, true)).toContain('are being made');
  expect(greet([])).not.toContain('are being made');
  expect(greet(['identity'], false, true)).not.toContain('are being made');
});
