import { DeadlineExceeded } from '@cairn/http/errors';
import { requestContext } from '@cairn/observability';
import { expect, test } from '@jest/globals';
import { boundedQueue, Overloaded } from './index.ts';

test('so many at once, so many waiting, the rest turned away, and places come free again', async () => {
  const inTurn = boundedQueue({ concurrency: 2, queue: 3, retryAfter: 7 });
  const finish: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const work = () =>
    inTurn(async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => finish.push(resolve));
      running--;
    });
  const calls = Array.from({ length: 8 }, work);
  const turnedAway = await Promise.allSettled(calls.slice(5));
  for (const { reason } of turnedAway as PromiseRejectedResult[]) {
    expect(reason).toBeInstanceOf(Overloaded);
    expect(reason).toMatchObject({ retryAfter: 7, problem: { code: 'service.overloaded', kind: 'unavailable' } });
  }
  const done = Promise.all(calls.slice(0, 5));
  const release = setInterval(() => finish.shift()?.(), 1);
  await done;
  clearInterval(release);
  expect(most).toBe(2);
  await expect(inTurn(() => 'free')).resolves.toBe('free');
});

test('what the work throws is thrown, and its place comes free', async () => {
  const inTurn = boundedQueue({ concurrency: 1, queue: 0 });
  await expect(inTurn(() => Promise.reject(new RangeError('mine')))).rejects.toThrow(RangeError);
  await expect(inTurn(() => 1)).resolves.toBe(1);
});

test('whose turn comes after the deadline of its own request is not done; the others are, each as its own request', async () => {
  const inTurn = boundedQueue({ concurrency: 1, queue: 9 });
  const first = Promise.withResolvers<void>();
  const done: string[] = [];
  const work = (requestId: string, deadline?: number, held?: Promise<void>) =>
    requestContext.run({ requestId, traceId: '', spanId: '', traceFlags: '', deadline }, () =>
      inTurn(async () => {
        await held;
        done.push(requestContext.getStore()!.requestId);
      }),
    );
  const all = Promise.allSettled([
    work('a', undefined, first.promise),
    work('b', performance.now() + 5),
    work('c', performance.now() + 60_000),
    work('d'),
  ]);
  setTimeout(first.resolve, 10);
  const [, late] = (await all) as PromiseRejectedResult[];
  expect(late!.reason).toBeInstanceOf(DeadlineExceeded);
  expect(done).toEqual(['a', 'c', 'd']);
});
