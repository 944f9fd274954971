import { expect, test } from '@jest/globals';
import type { Hit } from '@cairn/contracts/events';
import type { Facts } from '@cairn/messaging';
import { HitStream } from './hit-stream.service.ts';
import { aHit } from './hit.factory.ts';

/** What goes to the broker, and what the broker says. */
function stream(answer: () => Promise<void> = () => Promise.resolve()) {
  const events: (readonly Hit[])[] = [];
  const facts = {
    appendFact: (_contract: unknown, { hits }: { hits: readonly Hit[] }) => (events.push(hits), answer()),
  };
  return { hits: new HitStream(facts as unknown as Facts), events };
}
const many = (count: number, more: Partial<Hit> = {}) => Array.from({ length: count }, () => aHit(more));

test('what comes in one turn of the event loop is one event, and up to 500 hits are', async () => {
  const { hits, events } = stream();
  await Promise.all([hits.append(many(1)), hits.append(many(2)), hits.append([])]);
  expect(events.map(({ length }) => length)).toEqual([3]);
  await hits.append(many(1_001));
  expect(events.slice(1).map(({ length }) => length)).toEqual([500, 500, 1]);
});

test('an event is no larger than a broker takes', async () => {
  const { hits, events } = stream();
  const props = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`p${n}`, 'ж'.repeat(500)]));
  await hits.append(many(100, { props }));
  expect(events.flat()).toHaveLength(100);
  for (const event of events) expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(700_000);
});

test('nobody is told before the broker has it, and who has a part in what it refuses is told so', async () => {
  let let1: (error?: Error) => void = () => undefined;
  const { hits } = stream(
    () => new Promise((resolve, reject) => (let1 = (error) => (error ? reject(error) : resolve()))),
  );
  let told = false;
  const first = hits.append(many(1)).then(() => (told = true));
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(told).toBe(false);
  let1();
  await first;
  const failing = [hits.append(many(1)), hits.append(many(1))].map((each) => each.catch((error: Error) => error.message)); // prettier-ignore
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  let1(new Error('away'));
  expect(await Promise.all(failing)).toEqual(['away', 'away']);
});
