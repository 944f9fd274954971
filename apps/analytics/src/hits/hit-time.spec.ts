import { expect, test } from '@jest/globals';
import { hitTime } from './hit-time.ts';

const received = new Date('2026-03-29T01:30:00Z');
const time = (ms: number) => new Date(received.getTime() + ms);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('without a time of its own it happened when it came', () => {
  expect(hitTime(undefined, time(-HOUR), received)).toEqual({ at: received });
});

test.each([
  ['right', 0],
  ['an hour ahead', HOUR],
  ['ten years behind', -3_650 * DAY],
])('a clock that is %s is corrected by what it says when it sends', (_name, skew) => {
  expect(hitTime(time(skew - 5 * HOUR), time(skew), received)).toEqual({ at: time(-5 * HOUR) });
});

test('a clock that does not say what it is ahead is believed for a minute, and no hit is later than we know of it', () => {
  expect(hitTime(time(30_000), undefined, received)).toEqual({ at: received });
  expect(hitTime(time(61_000), undefined, received)).toEqual({ refused: 'Lies in the future' });
  expect(hitTime(time(120_000), time(0), received)).toEqual({ refused: 'Is later than sentAt' });
});

test('seven days late is late enough', () => {
  expect(hitTime(time(-7 * DAY), undefined, received)).toEqual({ at: time(-7 * DAY) });
  expect(hitTime(time(-7 * DAY - 1), undefined, received)).toEqual({ refused: 'Is longer ago than 7 days' });
});
