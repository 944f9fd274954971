import { expect, test } from '@jest/globals';
import { isReached, measure, spread, spreadOf } from './rounds.ts';
import { ratio, type Goal } from './side.ts';

const side = (name: string, seen: string[], figure: () => number) => ({
  name,
  measure: async () => (seen.push(name), { 'requests/s': figure() }),
});

test('each side has its turn in each round, from either end, after one that does not count', async () => {
  const seen: string[] = [];
  let n = 0;
  const sides = [side('a', seen, () => ++n), side('b', seen, () => ++n)];
  const rounds = await measure({ sides, goals: [] }, 3, 0);
  expect(seen.join('')).toBe('ab' + 'ab' + 'ba' + 'ab');
  expect(rounds[0]).toEqual({ a: { 'requests/s': 3 }, b: { 'requests/s': 4 } });
  expect(rounds).toHaveLength(3);
});

test('a goal is reckoned within each round: one in which the machine was slow for all does not count against anybody', () => {
  const goal: Goal = { what: '', unit: '×', atLeast: 0.5, value: ratio('requests/s', 'a', 'b') };
  const rounds = [[50, 100], [5, 10], [6, 10]].map(([a, b]) => ({ a: { 'requests/s': a! }, b: { 'requests/s': b! } })); // prettier-ignore
  expect(spreadOf(goal, rounds)).toEqual({ median: 0.5, lowest: 0.5, highest: 0.6 });
});

test('the median of an even number lies between the two in the middle', () =>
  expect(spread([4, 1, 2, 3])).toEqual({ median: 2.5, lowest: 1, highest: 4 }));

test('the median decides, in either direction; what was not promised is neither reached nor missed', () => {
  const goal: Goal = { what: '', unit: 'ms', value: () => 0 };
  const found = { median: 1, lowest: 0, highest: 9 };
  expect(isReached({ ...goal, atMost: 1 }, found)).toBe(true);
  expect(isReached({ ...goal, atMost: 0.9 }, found)).toBe(false);
  expect(isReached({ ...goal, atLeast: 1.1 }, found)).toBe(false);
  expect(isReached(goal, found)).toBeUndefined();
});
