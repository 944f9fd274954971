import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TagSchema, tags } from './tag.dto.ts';

test.each([
  ['Node', 'node'],
  [' Machine  Learning ', 'machine-learning'],
  ['snake_case', 'snake-case'],
  ['Cafe\u0301', 'café'],
  ['Ёлка', 'ёлка'],
  ['हिन्दी', 'हिन्दी'],
  ['日本語', '日本語'],
  ['x'.repeat(32), 'x'.repeat(32)],
])('%j is the tag %j', (given, tag) => {
  expect(TagSchema.parse(given)).toBe(tag);
});

test.each(['', ' ', 'c++', '-', 'a--b', '-a', 'a,b', '<b>', 'x'.repeat(33), 'a\u0000', '\ud800', '🙂', 7, null])(
  '%j is none',
  (given) => {
    expect(TagSchema.safeParse(given).success).toBe(false);
  },
);

test('what comes out goes in again unchanged, whatever it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (given) => {
      const { data: tag } = TagSchema.safeParse(given);
      if (tag !== undefined) expect(TagSchema.parse(tag)).toBe(tag);
    }),
  );
});

test('duplicates go, order stays, ten are the most', () => {
  expect(tags.parse(['b', 'A', 'a', 'B '])).toEqual(['b', 'a']);
  expect(tags.safeParse(Array.from({ length: 11 }, (_, n) => `t${n}`)).success).toBe(false);
});
