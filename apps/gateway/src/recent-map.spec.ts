import { expect, test } from '@jest/globals';
import { RecentMap } from './recent-map.ts';

test('never holds more than its limit, and what is asked for stays', () => {
  const map = new RecentMap<number, string>(10);
  map.set(-1, 'in use');
  for (let key = 0; key < 1_000; key++) {
    map.set(key, 'passing by');
    expect(map.get(-1)).toBe('in use');
    expect(map.size).toBeLessThanOrEqual(10);
  }
  expect(map.get(999)).toBe('passing by');
  expect(map.get(900)).toBeUndefined();
});
