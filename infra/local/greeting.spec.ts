import { expect, test } from '@jest/globals';
import { greeting, type DemoWorld } from './greeting.ts';
import { planOf } from './plan.ts';

const greet = (services: string[], demoWorld: DemoWorld = 'there', empty = false) =>
  greeting(planOf(services), { portBase: 4000, empty, demoWorld }, '5.0 s');

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
  expect(greet([])).toContain('curl -i http://127.0.0.1:4000/s/stones');
  expect(greet(['links'])).toContain('curl -i http://127.0.0.1:4003/s/stones');
  expect(greet([])).toContain('Reports   http://127.0.0.1:4000/analytics (in a browser)');
  for (const none of [greet([], 'none', true), greet(['links'], 'none'), greet(['blog'])])
    expect(none).not.toContain('/s/');
  expect(greet(['blog'])).not.toContain('Reports');
});

test('without the gateway each service has its own address', () => {
  const text = greet(['blog']);
  expect(text).toContain('Gateway   does not run: nothing answers on port 4000');
  expect(text).toContain(
    'API       http://127.0.0.1:4001/api/v1 (identity)\n            http://127.0.0.1:4002/api/v1 (blog)\n',
  );
  expect(text).toContain('curl http://127.0.0.1:4002/api/v1/posts');
  expect(text).toContain('curl http://127.0.0.1:4001/api/v1/sessions');
  expect(greet([])).not.toContain('does not run');
});

test('lists every instance where a service has several', () => {
  const text = greeting(planOf(['blog'], { blog: 2 }), { portBase: 4000, empty: true, demoWorld: 'none' }, '5.0 s');
  expect(text).toContain(
    'Instances identity http://127.0.0.1:4001, blog http://127.0.0.1:4002, blog-2 http://127.0.0.1:4102',
  );
  expect(greet([])).not.toContain('Instances');
});

test('names no account that there is not', () => {
  expect(greet(['links'], 'none')).toContain('Accounts  admin (admin); password');
  expect(greet(['links'], 'none')).not.toContain('ada');
  expect(greet([], 'none', true)).not.toMatch(/Accounts|password/);
});

test('what is still being made is to be tried once it is there', () => {
  expect(greet([], 'coming')).toContain(
    'Not there yet: the accounts but admin, posts, short links, the site with its visits.\nA line below says when the demo world is complete; then try:\n',
  );
  expect(greet(['blog'], 'coming')).toContain('Not there yet: the accounts but admin, posts.\n');
  expect(greet([])).not.toContain('Not there yet');
  expect(greet([])).toContain('\nTry:\n');
});
