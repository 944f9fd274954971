import { expect, test } from '@jest/globals';
import { lastWords } from './service-process.ts';

test('a sentence is shown as it is', () => {
  expect(lastWords('The environment variable BCRYPT_COST is wrong: expected number\n')).toBe(
    'The environment variable BCRYPT_COST is wrong: expected number',
  );
});

test('of a crash only the error is shown', () => {
  const crash =
    'file:///main.js:3\nthrow new TypeError()\n^\n\nTypeError: x is not a function\n    at main (main.js:3:7)\n\nNode.js v24\n';
  expect(lastWords(crash)).toBe('TypeError: x is not a function');
});

test('silence has no words', () => {
  expect(lastWords('\n')).toBe('');
});
