import { createTestRedis, eventually, type TestRedis } from '@cairn/testing';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { aNamespace, closeCaches, openCache, Source } from '../test/caches.ts';

/* A load that began before an invalidation must not put the old value back. The plain cache-aside that everybody writes does. */

const HOUR = 3_600_000;
const TAG = 'author:ada';
let database: TestRedis;
let redis: Redis;
let namespace: string;

interface Contestant {
  get(load: () => Promise<string | undefined>): Promise<string | undefined>;
  invalidate(): Promise<unknown>;
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await createTestRedis();
  redis = new Redis(database.url);
});
beforeEach(async () => {
  namespace = aNamespace();
  await redis.flushdb();
});
afterEach(closeCaches);
afterAll(async () => {
  redis.disconnect();
  await database.drop();
});

const ours = async (): Promise<Contestant> => {
  const cache = await openCache(database.url, { namespace });
  const values = cache.define<string>({ name: 'post', ttlMs: HOUR });
  return { get: (load) => values.get('a', load), invalidate: () => values.invalidate('a') };
};

const oursByTag = async (): Promise<Contestant> => {
  const cache = await openCache(database.url, { namespace });
  const values = cache.define<string>({ name: 'post', ttlMs: HOUR, tags: () => [TAG] });
  return { get: (load) => values.get('a', load), invalidate: () => cache.invalidateTags([TAG]) };
};

/** Looks, loads, stores; whoever writes deletes. */
const plain = async (): Promise<Contestant> => ({
  async get(load) {
    const found = await redis.get('a');
    if (found !== null) return found;
    const value = await load();
    await redis.set('a', value!, 'PX', HOUR);
    return value;
  },
  invalidate: () => redis.del('a'),
});

/** The same with a copy in memory, which is dropped by a message. */
const plainInTwoLevels = async (): Promise<Contestant> => {
  const below = await plain();
  let memory: string | undefined;
  const subscriber = redis.duplicate();
  await subscriber.subscribe(namespace);
  subscriber.on('message', () => (memory = undefined));
  closing.push(() => subscriber.disconnect());
  return {
    get: async (load) => (memory ??= await below.get(load)),
    async invalidate() {
      await below.invalidate();
      memory = undefined;
      await redis.publish(namespace, '');
    },
  };
};
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A slow load has read the old value when the source changes, and ends after the invalidation. What do readers get from then on? */
async function race(reader: Contestant, writer: Contestant): Promise<(string | undefined)[]> {
  const source = new Source('old');
  source.gate = Promise.withResolvers();
  const slow = reader.get(source.load);
  await eventually(() => expect(source.loads).toBe(1));
  source.value = 'new';
  await writer.invalidate();
  source.gate.resolve();
  source.gate = undefined;
  await slow;
  return [await reader.get(source.load), await writer.get(source.load), await reader.get(source.load)];
}

describe('a write during a slow load', () => {
  test.each([
    ['by key', ours],
    ['by tag', oursByTag],
  ])('%s leaves the new value, in one process and in two', async (_what, open) => {
    const [one, other] = [await open(), await open()];
    expect(await race(one, one)).toEqual(['new', 'new', 'new']);
    await one.invalidate();
    expect(await race(one, other)).toEqual(['new', 'new', 'new']);
  });

  test.each([
    ['plain cache-aside', plain],
    ['plain cache-aside in two levels', plainInTwoLevels],
  ])('leaves the old one for good in a %s: this test can tell', async (_what, open) => {
    const [one, other] = [await open(), await open()];
    expect(await race(one, other)).toEqual(['old', 'old', 'old']);
  });

  test('who asks after the write does not join the load that began before it', async () => {
    const reader = await ours();
    const source = new Source('old');
    const gate = (source.gate = Promise.withResolvers());
    const slow = reader.get(source.load);
    await eventually(() => expect(source.loads).toBe(1));
    source.value = 'new';
    source.gate = undefined;
    await reader.invalidate();
    expect(await reader.get(source.load)).toBe('new'); // while the other is still under way
    gate.resolve();
    expect(await slow).toBe('old'); // asked before
    expect(await reader.get(source.load)).toBe('new');
  });

  test('whatever Redis has forgotten meanwhile', async () => {
    const [one, other] = [await ours(), await ours()];
    const source = new Source('old');
    source.gate = Promise.withResolvers();
    const slow = one.get(source.load);
    await eventually(() => expect(source.loads).toBe(1));
    source.value = 'new';
    await other.invalidate();
    await redis.flushdb();
    source.gate.resolve();
    source.gate = undefined;
    await slow;
    expect(await other.get(source.load)).toBe('new');
  });
});

test('readers and writers at random, by key and by tag, in three processes: at rest all see what was written last', async () => {
  const contestants = [await oursByTag(), await ours().then(() => oursByTag()), await oursByTag()];
  const source = new Source('0');
  const slowly = async () => {
    const { value } = source;
    await sleep(Math.random() * 3);
    return value;
  };
  for (let round = 1; round <= 60; round++) {
    const readers = contestants.flatMap((each) =>
      Array.from({ length: 4 }, async () => {
        await sleep(Math.random() * 4);
        await each.get(slowly);
      }),
    );
    const writer = async () => {
      await sleep(Math.random() * 4);
      source.value = String(round);
      await contestants[round % 3]!.invalidate();
    };
    await Promise.all([...readers, writer()]);
    for (const each of contestants) await eventually(async () => expect(await each.get(slowly)).toBe(String(round)));
  }
});
