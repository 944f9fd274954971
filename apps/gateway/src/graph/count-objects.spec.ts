import { expect, test } from '@jest/globals';
import { countObjects, countObjectsIn } from './count-objects.ts';

test.each([
  {},
  { posts: [{ tags: ['a'] }, { author: { name: null } }], me: null },
  { text: '{ not one } "{" \\' },
  { 'a"{': '\\"{', b: { c: [] } },
])('in text there are as many as in the value', (data) => {
  expect(countObjectsIn(JSON.stringify({ data }))).toBe(countObjects(data));
});

test.each(['', '{"data":{}', '{"data":{"a":"}}', '{"data":{}}}', '{"data":{}} {}'])('%s is not all of JSON', (text) =>
  expect(countObjectsIn(text)).toBeUndefined(),
);
