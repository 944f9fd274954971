import { createTestRedis, eventually, type TestRedis } from '@cairn/testing';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { aNamespace, closeCaches, openCache, Source } from '../test/caches.ts';
import type { Cache } from './index.ts';

/* Two instances on one real Redis. All that can be shown by them is here: a file more costs more time than its tests. */

const HOUR = 3_600_000;
let redis: TestRedis;
let one: Cache;
let other: Cache;
let namespace: string;

beforeAll(async () => {
  Logger.overrideLogger(false);
  redis = await createTestRedis();
});
beforeEach(async () => {
  namespace = aNamespace();
  [one, other] = await Promise.all([openCache(redis.url, { namespace }), openCache(redis.url, { namespace })]);
});
afterEach(closeCaches);
afterAll(() => redis.drop());

const both = <T>(options: Parameters<typeof one.define<T>>[0]) => [one.define<T>(options), other.define<T>(options)] as const; // prettier-ignore

describe('what is found where', () => {
  test('many readers of one process load once, another process finds it in Redis, and from then on in memory', async () => {
    const [here, there] = both<{ at: string }>({ name: 'post', ttlMs: HOUR });
    const source = new Source({ at: new Date(0) as never });
    const values = await Promise.all(Array.from({ length: 100 }, () => here.get('a', source.load)));
    expect(new Set(values)).toEqual(new Set([{ at: '1970-01-01T00:00:00.000Z' }])); // as Redis gives it, to all
    await there.get('a', source.load);
    await there.get('a', source.load);
    expect(source.loads).toBe(1);
    expect([here.counts.loads, here.counts.waits]).toEqual([1, 99]);
    expect([there.counts.redis, there.counts.memory, there.counts.loads]).toEqual([1, 1, 0]);
  });

  test('a hit in memory asks nobody and makes nothing: the same promise, the same value, which nobody can change', async () => {
    const [here] = both<{ tags: string[] }>({ name: 'post', ttlMs: HOUR });
    const source = new Source({ tags: ['node'] });
    await here.get('a', source.load);
    const hit = here.get('a', source.load);
    await hit;
    expect(here.get('a', source.load)).toBe(hit);
    expect(() => (source.value!.tags.push('mine'), 0)).not.toThrow(); // the source's own is its own
    expect(await hit).toEqual({ tags: ['node'] });
    await expect(hit.then((value) => value!.tags.push('mine'))).rejects.toThrow(TypeError);
  });

  test('a peek tells what is fresh in memory, and loads nothing', async () => {
    const [here] = both<string>({ name: 'post', ttlMs: HOUR, negativeTtlMs: HOUR });
    const source = new Source<string>('a');
    expect(here.peek('a')).toBeUndefined();
    await here.get('a', source.load);
    expect([here.peek('a'), source.loads]).toEqual(['a', 1]);
    await here.invalidate('a');
    expect(here.peek('a')).toBeUndefined();
    await here.get('b', new Source<string>(undefined).load);
    expect(here.peek('b')).toBeUndefined();
    const off = await openCache(redis.url, { namespace, CACHE: 'off' });
    const uncached = off.define<string>({ name: 'post', ttlMs: HOUR });
    await uncached.get('a', source.load);
    expect(uncached.peek('a')).toBeUndefined();
    const short = one.define<string>({ name: 'short', ttlMs: 30, staleMs: HOUR });
    await short.get('a', source.load);
    await eventually(() => expect(short.peek('a')).toBeUndefined());
  });

  test('a key may be as long as whoever asks likes', async () => {
    const [here] = both<number>({ name: 'post', ttlMs: HOUR });
    const source = new Source(1);
    for (const key of ['x'.repeat(5_000), `${'x'.repeat(4_999)}y`]) {
      await here.get(key, source.load);
      await here.get(key, source.load);
    }
    expect(source.loads).toBe(2);
    const client = new Redis(redis.url);
    const names = await client.keys(`cache:${namespace}:*`);
    client.disconnect();
    expect(Math.max(...names.map(({ length }) => length))).toBeLessThan(300);
    await here.invalidate('x'.repeat(5_000));
    await here.get('x'.repeat(5_000), source.load);
    expect(source.loads).toBe(3);
  });

  test('and so may a tag', async () => {
    const [long, other] = ['x'.repeat(5_000), `${'x'.repeat(4_999)}y`];
    const [here, there] = both<number>({ name: 'post', ttlMs: HOUR, tags: (_value, key) => [key] });
    const source = new Source(1);
    for (const key of [long, other]) await here.get(key, source.load);
    await one.invalidateTags([long]);
    for (const key of [long, other]) await there.get(key, source.load);
    expect(source.loads).toBe(3);
  });

  test('that there is none is remembered, for its own time', async () => {
    const [here, there] = both<string>({ name: 'post', ttlMs: HOUR, negativeTtlMs: 500 });
    const source = new Source<string>(undefined);
    expect(await here.get('a', source.load)).toBeUndefined();
    expect(await here.get('a', source.load)).toBeUndefined();
    expect(await there.get('a', source.load)).toBeUndefined();
    expect(source.loads).toBe(1);
    source.value = 'now it is';
    await eventually(async () => expect(await here.get('a', source.load)).toBe('now it is'));
  });

  test('without a time for it, that there is none is not remembered; null is a value', async () => {
    const [here] = both<null>({ name: 'post', ttlMs: HOUR });
    const nothing = new Source<null>(undefined);
    await here.get('a', nothing.load);
    await here.get('a', nothing.load);
    expect(nothing.loads).toBe(2);
    const nil = new Source(null);
    expect(await here.get('b', nil.load)).toBeNull();
    expect(await here.get('b', nil.load)).toBeNull();
    expect(nil.loads).toBe(1);
  });

  test('a load that fails fails for those who waited for it, and the next reader tries again', async () => {
    const [here, there] = both<string>({ name: 'post', ttlMs: HOUR });
    const source = new Source<string>(new Error('no database') as never);
    const readers = Array.from({ length: 5 }, () => here.get('a', source.load));
    for (const reader of readers) await expect(reader).rejects.toThrow('no database');
    expect(source.loads).toBe(1);
    source.value = 'well';
    expect(await there.get('a', source.load)).toBe('well');
  });
});

describe('what is outdated', () => {
  test('is shown at once while one of all processes loads it anew', async () => {
    const [here, there] = both<string>({ name: 'post', ttlMs: 20, staleMs: HOUR });
    const source = new Source('old');
    await here.get('a', source.load);
    await there.get('a', source.load);
    source.value = 'new';
    source.gate = Promise.withResolvers();
    await eventually(async () => {
      expect(await here.get('a', source.load)).toBe('old');
      expect(await there.get('a', source.load)).toBe('old');
      expect(source.loads).toBe(2);
    });
    for (let n = 0; n < 20; n++) expect(await (n % 2 ? here : there).get('a', source.load)).toBe('old');
    expect(source.loads).toBe(2);
    source.gate.resolve();
    source.gate = undefined;
    await eventually(async () => expect(await here.get('a', source.load)).toBe('new'));
    await eventually(async () => expect(await there.get('a', source.load)).toBe('new'));
  });

  test('is shown at once by Redis, too, to a process that has nothing in memory', async () => {
    const [here, there] = both<string>({ name: 'post', ttlMs: 20, staleMs: HOUR, maxEntries: 0 });
    const source = new Source('old');
    await here.get('a', source.load);
    source.value = 'new';
    const gate = (source.gate = Promise.withResolvers());
    await eventually(async () => {
      expect(await there.get('a', source.load)).toBe('old');
      expect(source.loads).toBe(2);
    });
    expect(await here.get('a', source.load)).toBe('old');
    expect(source.loads).toBe(2);
    gate.resolve();
    await eventually(async () => expect(await here.get('a', source.load)).toBe('new'));
  });

  test('and cannot be loaded anew is asked for once in a while, not by every reader, also without Redis', async () => {
    const alone = await openCache('redis://127.0.0.1:1', { namespace });
    const values = alone.define<string>({ name: 'post', ttlMs: 20, staleMs: HOUR });
    const source = new Source<string>('old');
    await values.get('a', source.load);
    source.value = new Error('no database') as never;
    await eventually(async () => {
      expect(await values.get('a', source.load)).toBe('old');
      expect(source.loads).toBe(2);
    });
    for (let n = 0; n < 50; n++) {
      expect(await values.get('a', source.load)).toBe('old');
      await new Promise(setImmediate);
    }
    expect(source.loads).toBe(2);
  });

  test('stays when loading it anew fails, and that is not tried again at once', async () => {
    const [here] = both<string>({ name: 'post', ttlMs: 20, staleMs: HOUR });
    const source = new Source<string>('old');
    await here.get('a', source.load);
    source.value = new Error('no database') as never;
    await eventually(async () => {
      expect(await here.get('a', source.load)).toBe('old');
      expect(source.loads).toBe(2);
    });
    for (let n = 0; n < 50; n++) expect(await here.get('a', source.load)).toBe('old');
    expect(source.loads).toBe(2);
    source.value = 'new';
    await eventually(async () => expect(await here.get('a', source.load)).toBe('new'));
  });

  test('past that it is loaded while the reader waits, and shown only if that fails', async () => {
    const [here, there] = both<string>({ name: 'post', ttlMs: 20, staleIfErrorMs: HOUR });
    const source = new Source<string>('old');
    await here.get('a', source.load);
    source.value = new Error('no database') as never;
    await eventually(async () => {
      expect(await there.get('a', source.load)).toBe('old');
      expect(source.loads).toBeGreaterThan(1);
    });
    expect(there.counts.stale).toBeGreaterThan(0);
    source.value = 'new';
    await eventually(async () => expect(await there.get('a', source.load)).toBe('new'));
    expect(await here.get('a', source.load)).toBe('new');
  });

  test.each(['with Redis', 'without Redis'])(
    'a source that has fallen silent keeps readers waiting for a moment and then no more, %s',
    async (how) => {
      const options = { name: 'post', ttlMs: 20, staleIfErrorMs: HOUR };
      const alone = async () => (await openCache('redis://127.0.0.1:1', { namespace })).define<string>(options);
      const [here, there] = how === 'with Redis' ? both<string>(options) : [await alone(), await alone()];
      const source = new Source<string>('old');
      await Promise.all([here.get('a', source.load), there.get('a', source.load)]);
      source.value = 'new';
      const gate = (source.gate = Promise.withResolvers());
      const loads = source.loads;
      await eventually(async () => {
        expect(await here.get('a', source.load)).toBe('old');
        expect(source.loads).toBeGreaterThan(loads);
      });
      expect(await there.get('a', source.load)).toBe('old');
      const asked = source.loads;
      for (let n = 0; n < 50; n++) expect(await (n % 2 ? here : there).get('a', source.load)).toBe('old');
      expect(source.loads).toBe(asked);
      gate.resolve();
      await eventually(async () => expect(await here.get('a', source.load)).toBe('new'));
      await eventually(async () => expect(await there.get('a', source.load)).toBe('new'));
    },
  );
});

describe('what was invalidated', () => {
  test('is gone here when the call has returned and elsewhere within moments, also where it would be shown outdated', async () => {
    const [here, there] = both<number>({ name: 'post', ttlMs: HOUR, staleMs: HOUR, staleIfErrorMs: HOUR });
    const source = new Source(0);
    const took: number[] = [];
    for (let n = 1; n <= 15; n++) {
      await Promise.all([here.get('a', source.load), there.get('a', source.load)]);
      source.value = n;
      await here.invalidate('a');
      const since = performance.now();
      expect(await here.get('a', source.load)).toBe(n);
      await eventually(async () => {
        while ((await there.get('a', source.load)) !== n) expect(performance.now() - since).toBeLessThan(5_000);
      });
      took.push(performance.now() - since);
    }
    expect(took.sort((a, b) => a - b)[7]).toBeLessThan(100);
  });

  test('goes by its tags, of whatever name, and nothing else does', async () => {
    const tags = (value?: { author: string }) => (value ? [`author:${value.author}`, 'all'] : []);
    const [posts, postsThere] = both<{ author: string }>({ name: 'post', ttlMs: HOUR, tags });
    const [cards] = both<{ author: string }>({ name: 'card', ttlMs: HOUR, tags });
    const sources = { ada: new Source({ author: 'ada' }), bob: new Source({ author: 'bob' }) };
    const readAll = () =>
      Promise.all([
        posts.get('1', sources.ada.load),
        posts.get('2', sources.bob.load),
        cards.get('1', sources.ada.load),
      ]);
    await readAll();
    await readAll();
    await postsThere.get('1', sources.ada.load);
    expect([sources.ada.loads, sources.bob.loads]).toEqual([2, 1]);
    await other.invalidateTags(['author:ada']);
    expect(await postsThere.get('1', sources.ada.load)).toBeDefined();
    expect(sources.ada.loads).toBe(3);
    await eventually(async () => {
      await readAll();
      expect([sources.ada.loads, sources.bob.loads]).toEqual([4, 1]); // the card; the post is in Redis again
    });
    await expect(one.invalidateTags(['a\nb'])).rejects.toThrow(RangeError);
  });
});

describe('who writes', () => {
  test('fills the cache with what he wrote, for all', async () => {
    const [here, there] = both<string>({ name: 'post', ttlMs: HOUR });
    const source = new Source('old');
    await Promise.all([here.get('a', source.load), there.get('a', source.load)]);
    const { loads } = source;
    await here.put('a', async () => (source.value = 'new'));
    expect(await here.get('a', source.load)).toBe('new');
    await eventually(async () => expect(await there.get('a', source.load)).toBe('new'));
    expect(source.loads).toBe(loads);
  });

  test('of two at once whose values arrive in the wrong order, none leaves the older one', async () => {
    const [here, there] = both<string>({ name: 'post', ttlMs: HOUR });
    const source = new Source('old');
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const begun: string[] = [];
    const write = (value: string, arrives: Promise<void>) => async () => {
      source.value = value; // the commit
      begun.push(value);
      await arrives;
      return value;
    };
    const slow = here.put('a', write('first', first.promise));
    await eventually(() => expect(begun).toEqual(['first']));
    const quick = there.put('a', write('second', second.promise));
    await eventually(() => expect(begun).toEqual(['first', 'second']));
    second.resolve();
    await quick;
    first.resolve();
    await slow;
    expect(await here.get('a', source.load)).toBe('second');
    await eventually(async () => expect(await there.get('a', source.load)).toBe('second'));
  });

  test('and fails, or dies between his commit and the cache, leaves nothing older behind', async () => {
    const [here, there] = both<string>({ name: 'post', ttlMs: HOUR });
    const source = new Source('old');
    await there.get('a', source.load);
    const lost = here.put('a', async () => {
      source.value = 'new';
      throw new Error('the answer to COMMIT was lost');
    });
    await expect(lost).rejects.toThrow('COMMIT');
    expect(await here.get('a', source.load)).toBe('new');
    await eventually(async () => expect(await there.get('a', source.load)).toBe('new'));
    const { loads } = source;
    await Promise.all([here.get('a', source.load), there.get('a', source.load)]);
    expect(source.loads).toBe(loads); // his write has ended: it is cached again

    const writing = Promise.withResolvers<void>();
    void here.put('a', () => {
      writing.resolve();
      return new Promise<string>(() => undefined);
    });
    await writing.promise;
    await eventually(() => expect(there.size).toBe(0)); // has heard of it
    expect(await there.get('a', source.load)).toBe('new'); // read before the commit: not kept
    source.value = 'newest'; // committed, and then no more is heard of it
    expect(await there.get('a', source.load)).toBe('newest');
    expect(await here.get('a', source.load)).toBe('newest');
  });

  test('may read what he has written, whatever is under way', async () => {
    const [here, there] = both<string>({ name: 'post', ttlMs: HOUR });
    const source = new Source('old');
    const gate = (source.gate = Promise.withResolvers());
    const underWay = [here.get('a', source.load), there.get('a', source.load)];
    await eventually(() => expect(source.loads).toBe(1));
    source.value = 'new';
    source.gate = undefined;
    expect(await here.get('a', source.load, { fresh: true })).toBe('new');
    gate.resolve();
    await Promise.all(underWay);
    expect(await here.get('a', source.load)).toBe('new');
    await eventually(async () => expect(await there.get('a', source.load)).toBe('new'));
  });
});

test('switched off it loads at every read, and still tells others what has changed', async () => {
  const off = await openCache(redis.url, { namespace, CACHE: 'off' });
  const [here, there] = [off, other].map((cache) => cache.define<string>({ name: 'post', ttlMs: HOUR }));
  const source = new Source('old');
  for (let n = 1; n <= 2; n++) expect(await here!.get('a', source.load)).toBe('old');
  expect(source.loads).toBe(2);
  expect(await there!.get('a', source.load)).toBe('old');
  source.value = 'new';
  await here!.invalidate('a');
  await eventually(async () => expect(await there!.get('a', source.load)).toBe('new'));
});

test.each([{ name: 'Post' }, { name: 'a:b' }, { name: '' }])('%j is no name', (options) =>
  expect(() => one.define({ ttlMs: 1, ...options })).toThrow(RangeError),
);

test('a name is given once', () => {
  one.define({ name: 'post', ttlMs: 1 });
  expect(() => one.define({ name: 'post', ttlMs: 1 })).toThrow('defined twice');
});
