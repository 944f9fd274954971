import { Cache, CachingConfigSchema } from '@cairn/caching';
import fastify from 'fastify';
import { Redis } from 'ioredis';
import type { AddressInfo } from 'node:net';
import { listening } from './listening.ts';

/*
 * One handler, and what it gets its value from: our cache in one of its levels, a Map, or Redis without us. Each request takes the next of
 * a thousand keys: with one for all, single flight would answer many readers by one question to Redis, which a bare GET does not.
 */

const value = { id: 'one', title: 'What a cairn is for', text: 'x'.repeat(900), tags: ['a', 'b'] };
type Thing = typeof value;
const KEYS = Array.from({ length: 1_000 }, (_, n) => `key-${n}`);
const { REDIS_URL, KIND } = process.env as Record<string, string>;

const sources: Record<string, () => Promise<(key: string) => Promise<Thing | undefined>>> = {
  async map() {
    const map = new Map(KEYS.map((key) => [key, value]));
    return async (key) => map.get(key);
  },
  async get() {
    const redis = new Redis(REDIS_URL!, { enableAutoPipelining: true });
    await Promise.all(KEYS.map((key) => redis.set(`bench:${key}`, JSON.stringify(value))));
    return async (key) => JSON.parse((await redis.get(`bench:${key}`))!) as Thing;
  },
  memory: () => ours(1_000),
  redis: () => ours(0),
};

async function ours(maxEntries: number) {
  const config = CachingConfigSchema.parse({ REDIS_URL, CACHE_PATIENCE_MS: 5_000 });
  const cache = new Cache({ ...config, namespace: `bench-${maxEntries}` });
  await cache.open();
  await cache.check();
  const things = cache.define<Thing>({ name: 'thing', ttlMs: 3_600_000, maxEntries });
  const find = (key: string) => things.get(key, () => value);
  await Promise.all(KEYS.map(find));
  return find;
}

const find = await sources[KIND!]!();
const app = fastify();
let asked = 0;
app.get('/things', async () => find(KEYS[asked++ % KEYS.length]!));
await app.listen({ port: 0, host: '127.0.0.1' });
listening((app.server.address() as AddressInfo).port);
