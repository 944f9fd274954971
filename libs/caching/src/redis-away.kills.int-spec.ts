import { freePort, Guardian, startRedis, stopChild, type RunningServer } from '@cairn/backing';
import { Overloaded } from '@cairn/resilience';
import { eventually } from '@cairn/testing';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { aNamespace, closeCaches, openCache, Source } from '../test/caches.ts';
import type { Cache } from './index.ts';

/* A Redis of its own that is frozen, killed, and cut off from one of two instances. */

const HOUR = 3_600_000;
const guardian = new Guardian();
let folder: string;
let port: number;
let server: RunningServer;
let namespace: string;

async function start(): Promise<void> {
  server = await startRedis({
    folder,
    port,
    durable: true,
    onSpawn: (child, signal) => guardian.watch(child, signal),
  });
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  folder = await mkdtemp(path.join(tmpdir(), 'cairn-cache-'));
  port = await freePort();
  await start();
});
beforeEach(() => {
  namespace = aNamespace();
});
afterEach(async () => {
  server.process.kill('SIGCONT');
  await closeCaches();
});
afterAll(async () => {
  await stopChild(server.process, server.stopSignal, 5_000);
  guardian.dismiss();
  await rm(folder, { recursive: true, force: true });
});

const isUp = (cache: Cache) => eventually(() => cache.check(), 15_000);
const isAway = (cache: Cache) => eventually(() => expect(cache.check()).rejects.toThrow('Redis'), 15_000);
/** Whom to ask how long Redis is to be waited for is what is tested: briefly. */
const open = (options = {}) => openCache(server.url, { namespace, CACHE_PATIENCE_MS: 300, ...options });

test('a Redis that hangs: values come from memory and the source, few loads at once, and who waits for it waits once', async () => {
  const cache = await open({ CACHE_ALONE_LOADS: 2 });
  await isUp(cache);
  const values = cache.define<string>({ name: 'post', ttlMs: HOUR });
  const source = new Source('value');
  await values.get('known', source.load);
  server.process.kill('SIGSTOP');
  expect(await values.get('unknown', source.load)).toBe('value'); // waits, and finds out
  await expect(cache.check()).rejects.toThrow('Redis does not answer');
  expect(await values.get('known', source.load)).toBe('value');
  expect(source.loads).toBe(2);

  let [running, most] = [0, 0];
  const gate = Promise.withResolvers<void>();
  const load = async () => {
    most = Math.max(most, ++running);
    await gate.promise;
    running--;
    return 'value';
  };
  const many = Array.from({ length: 60 }, (_, n) => values.get(`key ${n}`, load));
  const turnedAway = (await Promise.allSettled(many.slice(34))) as PromiseRejectedResult[];
  for (const { reason } of turnedAway) expect(reason).toBeInstanceOf(Overloaded);
  gate.resolve();
  expect(new Set(await Promise.all(many.slice(0, 34)))).toEqual(new Set(['value']));
  expect(most).toBe(2);

  server.process.kill('SIGCONT');
  await isUp(cache);
});

test('what was invalidated while Redis was away does not come back from it', async () => {
  const [one, other] = [await open(), await open()];
  await Promise.all([isUp(one), isUp(other)]);
  const options = { name: 'post', ttlMs: HOUR, staleMs: HOUR, tags: () => ['all'] };
  const [here, there] = [one.define<string>(options), other.define<string>(options)];
  const source = new Source('old');
  await Promise.all(['by key', 'by tag', 'put'].map((key) => here.get(key, source.load)));

  server.process.kill('SIGKILL');
  await Promise.all([isAway(one), isAway(other)]);
  source.value = 'new';
  await here.invalidate('by key');
  await here.put('put', async () => 'new');
  expect(await here.get('by key', source.load)).toBe('new');
  expect(await here.get('put', source.load)).toBe('new');
  await one.invalidateTags(['all']);
  await start(); // with all that it had
  await Promise.all([isUp(one), isUp(other)]);
  for (const key of ['by key', 'by tag', 'put'])
    for (const values of [here, there])
      await eventually(async () => expect(await values.get(key, source.load)).toBe('new'));
});

test('while it is away a value that another instance may have changed is shown for so long and no longer, or when loading fails', async () => {
  const cache = await open({ CACHE_ALONE_MS: 100 });
  await isUp(cache);
  const values = cache.define<string>({ name: 'post', ttlMs: HOUR, staleMs: HOUR });
  const source = new Source('old');
  await values.get('a', source.load);
  server.process.kill('SIGSTOP');
  await values.get('something else', () => 'x'); // finds out
  await isAway(cache);
  source.value = 'new';
  await eventually(async () => expect(await values.get('a', source.load)).toBe('new'));
  source.value = new Error('no database') as never;
  await eventually(async () => {
    expect(await values.get('a', source.load)).toBe('new');
    expect(values.counts.stale).toBeGreaterThan(0);
  });
  server.process.kill('SIGCONT');
  await isUp(cache);
});

test('an instance that missed what others said does not go on with what it has', async () => {
  const redis = new Redis(server.url);
  const subscribers = async () =>
    ((await redis.call('CLIENT', 'LIST', 'TYPE', 'pubsub')) as string).split('\n').flatMap((line) => /^id=(\d+)/.exec(line)?.[1] ?? []); // prettier-ignore
  const writer = await open();
  await isUp(writer);
  const before = await subscribers();
  const reader = await open();
  await isUp(reader);
  const [id] = (await subscribers()).filter((each) => !before.includes(each));
  const options = { name: 'post', ttlMs: HOUR };
  const [here, there] = [writer.define<string>(options), reader.define<string>(options)];
  const source = new Source('old');
  await there.get('a', source.load);
  source.value = 'new';
  // In one turn of Redis: nobody can be back before it is said.
  await redis.multi().client('KILL', 'ID', Number(id)).set('x', 1).exec();
  await here.invalidate('a');
  await eventually(async () => expect(await there.get('a', source.load)).toBe('new'), 10_000);
  redis.disconnect();
});

test('an instance whose messages stop without a word finds that out by itself', async () => {
  const reader = await open();
  await isUp(reader);
  const values = reader.define<string>({ name: 'post', ttlMs: HOUR });
  const source = new Source('old');
  await values.get('a', source.load);
  // Still connected, and subscribed to nothing: as good as a host that went away.
  const { subscriber } = (reader as unknown as { redis: { link: { subscriber: Redis } } }).redis.link;
  await subscriber.unsubscribe();
  const writer = await open();
  await isUp(writer);
  source.value = 'new';
  await writer.define<string>({ name: 'post', ttlMs: HOUR }).invalidate('a');
  await eventually(async () => expect(await values.get('a', source.load)).toBe('new'), 10_000);
  await isUp(reader);
});
