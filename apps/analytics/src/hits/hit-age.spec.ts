import { expect, test } from '@jest/globals';
import { ageOf } from './hit-age.ts';

const now = new Date('2026-11-26T12:00:00Z');
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString();
const age = (at: string, receivedAt = at) => ageOf({ at, receivedAt }, now, { rawDays: 30 });

test('what is kept is storable, a day before its partition may go no more', () => {
  expect(age(ago(0))).toBe('storable');
  expect(age('2026-10-28T00:00:00.000Z', ago(1))).toBe('storable');
  expect(age('2026-10-27T23:59:59.999Z', ago(1))).toBe('too-old');
  expect(age(ago(-2))).toBe('in-the-future');
});

test('what was received so long ago that it may have been stored and forgotten is not stored again', () => {
  expect(age(ago(13))).toBe('storable');
  expect(age(ago(14.1))).toBe('too-late');
});
