import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cache } from '../src/index.ts';

/*
 * An instance of a service that only reads: `readers` at once ask for a key whose load takes `loadMs`, and is counted in Redis.
 * Asked by messages of the test, answers by messages.
 */
export interface Task {
  readonly key: string;
  readonly readers: number;
  readonly loadMs: number;
}

const { REDIS_URL, NAMESPACE } = process.env as Record<string, string>;
const cache = new Cache({
  REDIS_URL: REDIS_URL!,
  CACHE_PATIENCE_MS: 5_000, // a busy machine is slow, which is not what is tested
  CACHE_ALONE_MS: 0,
  CACHE: 'on',
  CACHE_ALONE_LOADS: 1,
  namespace: NAMESPACE!,
});
const things = cache.define<string>({ name: 'thing', ttlMs: 60_000 });
const redis = new Redis(REDIS_URL!);

process.on('message', async ({ key, readers, loadMs }: Task) => {
  const load = async () => {
    await redis.incr(`loads:${key}`);
    await sleep(loadMs);
    return (await redis.get(`source:${key}`)) ?? undefined;
  };
  const values = await Promise.all(Array.from({ length: readers }, () => things.get(key, load)));
  process.send!({ values, waits: things.counts.waits });
});
process.once('disconnect', () => process.exit());
await cache.open();
while (await cache.check().then(() => false, () => true)) await sleep(10); // prettier-ignore
process.send!('ready');
