import { beforeEach, expect, test } from '@jest/globals';
import { postPublished, type CloudEvent } from '@cairn/contracts/events';
import { liveEvents } from './live-events.ts';
import { ReaderTooSlow } from './messaging.errors.ts';

type Published = CloudEvent<{ postId: string }>;

let hear: ((event: Published) => void) | undefined;
const broadcasts = {
  on: (_contract: unknown, listener: never) => {
    hear = listener;
    return () => void (hear = undefined);
  },
};
const happens = (postId: string) => hear?.({ data: { postId } } as Published);
const live = (show = async ({ data }: Published): Promise<string | null> => data.postId, mostWaiting = 3) =>
  liveEvents({ broadcasts, contract: postPublished, field: 'shown', mostWaiting, show: show as never });
const shown = (value: unknown) => ({ done: false, value: { shown: value } });
const done = { done: true, value: undefined };

beforeEach(() => void (hear = undefined));

test('what comes before it is asked for waits, in order; who asks before it comes waits', async () => {
  const events = live();
  happens('a');
  happens('b');
  expect([await events.next(), await events.next()]).toEqual([shown('a'), shown('b')]);
  const next = events.next();
  happens('c');
  expect(await next).toEqual(shown('c'));
});

test('leaving ends the one that waits, and what is being read for it, and no listener stays', async () => {
  const waits = live();
  const next = waits.next();
  await waits.return!();
  expect([await next, await waits.next(), hear]).toEqual([done, done, undefined]);
  const reading = Promise.withResolvers<string>();
  const reads = live(() => reading.promise);
  happens('a');
  const last = reads.next();
  await reads.return!();
  reading.resolve('a');
  expect([await last, hear]).toEqual([done, undefined]);
});

test('what may not be shown is passed over; what cannot be read is shown as an error, and the next one comes', async () => {
  const fails = new Error('away');
  const events = live(async ({ data: { postId } }) => {
    if (postId === 'fails') throw fails;
    return postId === 'secret' ? null : postId;
  });
  for (const each of ['secret', 'fails', 'b']) happens(each);
  expect([await events.next(), await events.next()]).toEqual([shown(fails), shown('b')]);
});

test('who is too slow is told so, and nothing is kept for them', async () => {
  const events = live();
  for (const each of ['a', 'b', 'c', 'd']) happens(each);
  expect(hear).toBeUndefined();
  await expect(events.next()).rejects.toThrow(ReaderTooSlow);
  await events.return!();
  await expect(events.next()).rejects.toThrow(ReaderTooSlow);
});
