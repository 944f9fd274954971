import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { decodeCursor, encodeCursor, toConnection, toPage } from './pagination.ts';
import { InvalidInput } from './problem-details.ts';

const key = z.tuple([z.string(), z.uuid()]);

test('a cursor comes back as the key that it was made of', () => {
  const value: [string, string] = ['2026', '018f0000-0000-7000-8000-000000000000'];
  expect(decodeCursor(encodeCursor(value), key)).toEqual(value);
});

test.each(['', 'x', Buffer.from('{}').toString('base64url'), encodeCursor(['2026', 'no uuid'])])(
  'a forged cursor %j is invalid input',
  (cursor) => {
    expect(() => decodeCursor(cursor, key)).toThrow(InvalidInput);
  },
);

test('the last page has no cursor', () => {
  expect(toPage(['a', 'b', 'c'], 3, (row) => [row]).nextCursor).toBeNull();
  expect(toPage(['a', 'b', 'c'], 2, (row) => [row])).toEqual({ items: ['a', 'b'], nextCursor: encodeCursor(['b']) });
});

test('a connection has a cursor per edge, and that of the last leads on where the page does', () => {
  const { edges, pageInfo } = toConnection(['a', 'b', 'c'], 2, (row) => [row], undefined);
  expect(edges).toEqual([
    { node: 'a', cursor: encodeCursor(['a']) },
    { node: 'b', cursor: encodeCursor(['b']) },
  ]);
  const { nextCursor } = toPage(['a', 'b', 'c'], 2, (row) => [row]);
  const [startCursor, endCursor] = [encodeCursor(['a']), nextCursor];
  expect(pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false, startCursor, endCursor });
  expect(toConnection([], 2, () => [], 'after').pageInfo).toEqual({
    ...{ hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
  });
});
