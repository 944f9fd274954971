import { randomUUID } from 'node:crypto';
import { Cache } from '../src/index.ts';
import type { CachingOptions } from '../src/caching.options.ts';

let opened: Cache[] = [];

/** An instance of a service; those of one namespace share what they cache. */
export async function openCache(url: string, options: Partial<CachingOptions> = {}): Promise<Cache> {
  const cache = new Cache({
    REDIS_URL: url,
    CACHE: 'on',
    CACHE_PATIENCE_MS: 5_000, // a busy machine makes Redis slow, which is not what most tests are about
    CACHE_ALONE_MS: 60_000,
    CACHE_ALONE_LOADS: 2,
    namespace: 'test',
    ...options,
  });
  opened.push(cache);
  await cache.open();
  return cache;
}

export async function closeCaches(): Promise<void> {
  await Promise.all(opened.map((cache) => cache.close()));
  opened = [];
}

export const aNamespace = () => `test-${randomUUID()}`;

/** What is cached: it counts its loads, and can be slow. */
export class Source<T> {
  loads = 0;
  /** Set, a load reads at once and answers when told to. */
  gate: PromiseWithResolvers<void> | undefined;

  constructor(public value: T | undefined) {}

  readonly load = async (): Promise<T | undefined> => {
    this.loads++;
    const { value } = this;
    if (value instanceof Error) throw value;
    await this.gate?.promise;
    return value;
  };
}
