import { endSocketTimeoutOnClose } from '@cairn/resilience/redis';
import { Redis, type RedisOptions } from 'ioredis';
import { readFileSync } from 'node:fs';

/** In milliseconds. A command that has no answer by then has failed, though Redis may still do it. */
const COMMAND_MS = 3_000;
/** A host that went away does not say so: the connection ends after so long without an answer. */
const SILENCE_MS = 4_000;

export type StreamEntry = [id: string, fields: string[] | null];
/** Each beside this file, where it says what it takes and answers. */
export interface Scripts {
  write(partitions: number, streams: readonly string[], args: readonly string[]): Promise<number>;
  balance(keys: number, ...args: (string | number)[]): Promise<[share: number, ...held: number[]]>;
  turn(...args: (string | number)[]): Promise<[lastId: string, entries: StreamEntry[]] | null>;
  waiting(streams: number, ...args: string[]): Promise<number>;
  trim(stream: string, keepMs: number, keepUnreadMs: number): Promise<number>;
}
export type ScriptedRedis = Redis & Scripts;

const script = (name: keyof Scripts, numberOfKeys?: number) => ({
  lua: readFileSync(new URL(`${name}.lua`, import.meta.url), 'utf8'),
  ...(numberOfKeys && { numberOfKeys }),
});
const scripts = {
  write: script('write'),
  balance: script('balance'),
  turn: script('turn', 3),
  waiting: script('waiting'),
  trim: script('trim', 1),
};

const OPTIONS: RedisOptions = {
  lazyConnect: true,
  enableOfflineQueue: false, // what cannot be done now fails now
  maxRetriesPerRequest: 0, // nothing is sent twice behind the caller's back
  connectTimeout: 1_000,
  commandTimeout: COMMAND_MS,
  socketTimeout: SILENCE_MS,
  disconnectTimeout: 100, // a blocked XREAD keeps the other side from closing
  retryStrategy: (attempt) => Math.min(attempt * 50, 500),
};

/** Does not connect before it is used: see `connected`. Comes back by itself whenever Redis does. */
export function openRedis(url: string): ScriptedRedis {
  const redis = new Redis(url, { ...OPTIONS, scripts }) as ScriptedRedis;
  tend(redis);
  return redis;
}

/** The same Redis, for reads that wait up to `blockMs`. */
export const openBlocking = (redis: Redis, blockMs: number): Redis => {
  const blocking = redis.duplicate({ commandTimeout: blockMs + COMMAND_MS, socketTimeout: blockMs + SILENCE_MS });
  tend(blocking);
  return blocking;
};

function tend(redis: Redis): void {
  redis.on('error', () => undefined); // every command says so
  endSocketTimeoutOnClose(redis);
}

const opening = new WeakMap<Redis, Promise<void>>();

/** Resolves when the first attempt to connect has ended, well or not: then commands work or fail at once. */
export function connected(redis: Redis): Promise<void> {
  const known = opening.get(redis);
  if (known) return known;
  const attempt = redis.connect().catch(() => undefined);
  opening.set(redis, attempt);
  return attempt;
}
