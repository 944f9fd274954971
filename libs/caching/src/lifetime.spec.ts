import { expect, test } from '@jest/globals';
import { lifetimes } from './lifetime.ts';

test('what was loaded together is not loaded again together, and nothing is fresh for longer than was said', () => {
  const lifetime = lifetimes({ ttlMs: 10_000, staleMs: 500, staleIfErrorMs: 70, negativeTtlMs: 1_000 });
  const lives = Array.from({ length: 200 }, () => lifetime(true));
  expect(new Set(lives.map(({ fresh }) => fresh)).size).toBeGreaterThan(50);
  for (const { fresh, stale, last } of lives) {
    expect(fresh).toBeGreaterThanOrEqual(9_000);
    expect(fresh).toBeLessThanOrEqual(10_000);
    expect([stale - fresh, last - stale]).toEqual([500, 70]);
  }
  const { fresh, last } = lifetime(false);
  expect(fresh).toBeGreaterThanOrEqual(900);
  expect(last).toBe(fresh); // that there is none is never shown for longer
});

test.each([{ ttlMs: 0 }, { ttlMs: -1 }, { ttlMs: NaN }, { ttlMs: 1, staleMs: -1 }, { ttlMs: 86_400_000, staleMs: 1 }])(
  '%j is no lifetime',
  (options) => expect(() => lifetimes(options)).toThrow(RangeError),
);
