import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { LimitPolicy, RateDecision } from './limit-policy.ts';
import { RateLimits } from './rate-limits.service.ts';
import type { Answer, Question } from './token-bucket.ts';

/* One limiter against a Redis that answers when it is told to, by a clock that is set by hand. */

interface Asked extends Question {
  readonly key: string;
  answer(given: number, left: number, elsewhere?: number): Promise<void>;
  fail(): Promise<void>;
  late(answer: Answer): void;
}

const large: LimitPolicy = { name: 'read', burst: 4_000, perMinute: 60_000, exact: false }; // leases 10, 1 flows in per ms
const signIn: LimitPolicy = { name: 'sign-in', burst: 3, perMinute: 6, exact: true }; // 1 flows in per 10 s

let clock: number;
let asked: Asked[];
let store: {
  isUp: boolean;
  open(): Promise<void>;
  close(): void;
  ask(key: string, policy: LimitPolicy, question: Question, late: (answer: Answer) => void): Promise<Answer>;
};
let limits: RateLimits;

const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
  clock = 1_000_000;
  asked = [];
  store = {
    isUp: true,
    open: async () => undefined,
    close: () => undefined,
    ask: (key, _policy, question, late) =>
      new Promise((resolve, reject) => {
        asked.push({
          key,
          ...question,
          late,
          answer: (given, left, elsewhere = 0) => (resolve({ given, left, elsewhere }), settled()) as Promise<void>,
          fail: () => ((store.isUp = false), reject(new Error('away')), settled()) as Promise<void>,
        });
      }),
  };
  limits = new RateLimits(store, { now: () => clock, maxSubjects: 100 });
  await limits.open();
});

afterEach(() => void jest.useRealTimers());

async function pass(ms: number) {
  for (let left = ms; left > 0; left -= 100) {
    const step = Math.min(100, left);
    clock += step;
    await jest.advanceTimersByTimeAsync(step);
  }
}
/** A decision that nobody had to wait for. */
const atOnce = (policy: LimitPolicy, cost?: number, subject = 'user:ada'): RateDecision => {
  const decision = limits.take(policy, subject, cost);
  if (decision instanceof Promise) throw new Error('It asked Redis');
  return decision;
};
const later = (policy: LimitPolicy, cost?: number, subject = 'user:ada') =>
  limits.take(policy, subject, cost) as Promise<RateDecision>;

test('the first waits, then a portion is at hand, and more is fetched while that lasts', async () => {
  const first = later(large);
  expect(asked).toMatchObject([{ held: 0, needed: 1, spare: 10 }]);
  await asked[0]!.answer(11, 3_989);
  expect(await first).toEqual({ allowed: true, remaining: 3_999, resetSeconds: 1, retryAfterSeconds: 0 });
  for (let spent = 0; spent < 8; spent++) expect(atOnce(large).allowed).toBe(true);
  expect(asked).toHaveLength(2);
  expect(asked[1]).toMatchObject({ held: 2, needed: 0, spare: 8 });
  expect(atOnce(large).allowed).toBe(true); // from what is left meanwhile
  await asked[1]!.answer(8, 3_981);
  expect(atOnce(large).remaining).toBe(3_989);
  expect(asked).toHaveLength(2);
});

test('of many at once one asks, and then one for all others', async () => {
  const decisions = Array.from({ length: 300 }, () => later(large));
  expect(asked).toMatchObject([{ needed: 1, spare: 10 }]);
  await asked[0]!.answer(11, 3_989);
  expect(asked).toHaveLength(2);
  expect(asked[1]).toMatchObject({ held: 0, needed: 289, spare: 10 });
  await asked[1]!.answer(299, 3_690);
  expect((await Promise.all(decisions)).every(({ allowed }) => allowed)).toBe(true);
  expect(asked).toHaveLength(2);
});

test('subjects and policies do not wait for one another, and Redis learns no names', async () => {
  void later(large, 1, 'user:ada');
  void later(large, 1, 'address:192.0.2.7');
  void later(signIn, 1, 'user:ada');
  expect(new Set(asked.map(({ key }) => key)).size).toBe(3);
  for (const { key } of asked) expect(key).toMatch(/^limit:(read|sign-in):[\w-]{43}$/);
});

test('what is exact lends nothing: each asks', async () => {
  const first = later(signIn);
  expect(asked[0]).toMatchObject({ needed: 1, spare: 0 });
  await asked[0]!.answer(1, 2);
  expect(await first).toMatchObject({ allowed: true, remaining: 2, resetSeconds: 10 });
  void later(signIn);
  expect(asked).toHaveLength(2);
});

test('a refusal is remembered until its time, whatever comes', async () => {
  const first = later(signIn);
  await asked[0]!.answer(0, 0.25);
  expect(await first).toEqual({ allowed: false, remaining: 0, resetSeconds: 28, retryAfterSeconds: 8 });
  await pass(7_499);
  for (let attempt = 0; attempt < 1_000; attempt++)
    expect(atOnce(signIn)).toMatchObject({ allowed: false, retryAfterSeconds: 1 });
  expect(asked).toHaveLength(1);
  await pass(1);
  const second = later(signIn);
  await asked[1]!.answer(1, 0);
  expect(await second).toMatchObject({ allowed: true, remaining: 0 });
});

test('a large limit that was found empty is not asked for single tokens', async () => {
  const first = later(large);
  await asked[0]!.answer(0, 0);
  expect((await first).allowed).toBe(false);
  await pass(9);
  expect(atOnce(large).allowed).toBe(false);
  await pass(1);
  void later(large);
  expect(asked).toHaveLength(2);
});

test('what flows in while an answer is on its way is not refused', async () => {
  const first = later(large);
  clock += 12; // the process stands still; Redis has answered long ago
  await asked[0]!.answer(0, 0);
  expect((await first).allowed).toBe(false);
  void later(large);
  expect(asked).toHaveLength(2);
});

test('while others hold tokens that they may give back, an empty bucket is asked again now and then', async () => {
  const slow = { ...large, perMinute: 1 };
  const first = later(slow);
  await asked[0]!.answer(0, 0, 10);
  expect((await first).allowed).toBe(false);
  await pass(249);
  expect(atOnce(slow).allowed).toBe(false);
  await pass(1);
  const second = later(slow);
  await asked[1]!.answer(1, 0, 0);
  expect((await second).allowed).toBe(true);
  await pass(1_000);
  expect(atOnce(slow).allowed).toBe(false);
});

test('no more wait than there can be tokens for', async () => {
  const waiting = [later(signIn), later(signIn), later(signIn)];
  expect(atOnce(signIn).allowed).toBe(false);
  await asked[0]!.answer(1, 1);
  await asked[1]!.answer(1, 0);
  expect((await Promise.all(waiting)).map(({ allowed }) => allowed)).toEqual([true, true, false]);
});

test('who wants much is refused, and who comes after and wants little is not', async () => {
  const first = later(large);
  const much = later(large, 50);
  const little = later(large, 5);
  await asked[0]!.answer(1, 30);
  const alone = await much;
  expect(alone).toMatchObject({ allowed: false });
  await asked[1]!.answer(15, 15);
  expect(await little).toMatchObject({ allowed: true });
  expect((await first).allowed).toBe(true);
});

test('what costs more than a bucket takes all of it', async () => {
  const dear = later(signIn, 50);
  expect(asked[0]).toMatchObject({ needed: 3 });
  await asked[0]!.answer(3, 0);
  expect((await dear).allowed).toBe(true);
});

test('a lease that nobody spends is given back, and lapses when that comes too late', async () => {
  void later(large);
  await asked[0]!.answer(11, 1_000);
  await pass(1_000);
  expect(asked.slice(1)).toMatchObject([{ held: 0, back: 10, needed: 0, spare: 0 }]);
  await asked[1]!.answer(0, 2_000);
  void later(large);
  await asked[2]!.answer(11, 1_000);
  clock += 1_000; // the timers slept
  void later(large);
  expect(asked[3]).toMatchObject({ held: 0, back: 0, needed: 1, spare: 10 });
});

test('nothing is given back to a bucket that is full again by itself', async () => {
  void later(large);
  await asked[0]!.answer(11, 3_989);
  await pass(2_000);
  expect(asked).toHaveLength(1);
});

test('without Redis this process counts alone from what it knew, and tells what it let through when Redis is back', async () => {
  const first = later(signIn);
  const second = later(signIn);
  await asked[0]!.fail();
  const decisions = [await first, await second, atOnce(signIn), atOnce(signIn)];
  expect(decisions.map(({ allowed }) => allowed)).toEqual([true, true, true, false]);
  expect(decisions[3]).toMatchObject({ remaining: 0, retryAfterSeconds: 10, resetSeconds: 30 });
  await pass(10_000);
  expect(atOnce(signIn).allowed).toBe(true);
  await pass(20_000);
  store.isUp = true;
  void later(signIn);
  // four were let through, and two have flowed in
  expect(asked.at(-1)).toMatchObject({ owed: 1, needed: 1 });
  await asked.at(-1)!.answer(1, 0);
  await pass(10_000);
  void later(signIn);
  expect(asked.at(-1)).toMatchObject({ owed: 0 });
});

test('an answer that comes too late is not counted twice', async () => {
  const first = later(signIn);
  await asked[0]!.fail();
  expect((await first).allowed).toBe(true);
  asked[0]!.late({ given: 1, left: 2, elsewhere: 0 });
  store.isUp = true;
  void later(signIn);
  expect(asked[1]).toMatchObject({ owed: 0 });
});

test('remembers so many subjects and no more; who was forgotten is a question to Redis', async () => {
  const first = later(signIn);
  await asked[0]!.answer(0, 0);
  expect((await first).allowed).toBe(false);
  expect(atOnce(signIn).allowed).toBe(false);
  for (let stranger = 0; stranger < 200; stranger++) void later(signIn, 1, `address:10.0.0.${stranger}`);
  asked.length = 0;
  const again = later(signIn);
  await asked[0]!.answer(0, 0.1);
  expect((await again).allowed).toBe(false);
});

test('a limit that makes no sense, or two of one name, are an error of the program', () => {
  for (const wrong of [{ burst: 0 }, { burst: 1.5 }, { perMinute: 0 }, { perMinute: Number.NaN }, { name: 'a"b' }])
    expect(() => limits.take({ ...signIn, name: 'odd', ...wrong }, 'user:ada')).toThrow(RangeError);
  void limits.take(signIn, 'user:ada');
  void limits.take({ ...signIn }, 'user:ada');
  expect(() => limits.take({ ...signIn, burst: 4 }, 'user:ada')).toThrow(RangeError);
});
