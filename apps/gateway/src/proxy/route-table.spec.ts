import { expect, test } from '@jest/globals';
import { RouteTable } from './route-table.ts';

const table = new RouteTable([
  { config: { routes: ['/s'], classes: { 'GET /s/*': 'redirect', 'POST /s/*': 'sign-in' } } },
  { config: { routes: ['/api/v1/users'], classes: { 'POST /api/v1/users': 'sign-in' } } },
]);

test.each([
  ['GET', '/s/code', 'redirect'],
  ['HEAD', '/s/code/rest?q=1', 'redirect'],
  ['GET', '/%73/code', 'redirect'],
  ['POST', '/s/code', 'sign-in'],
  ['DELETE', '/s/code', 'write'],
  ['GET', '/s', 'read'],
  ['GET', '/signs', 'read'],
  ['POST', '/api/v1/users?x', 'sign-in'],
  ['POST', '/api/v1/users/me', 'write'],
])('%s %s is of the class %s', (method, target, name) => {
  expect(table.classOf(method, target)).toBe(name);
});
