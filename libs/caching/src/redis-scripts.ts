import { endSocketTimeoutOnClose } from '@cairn/resilience/redis';
import { Redis } from 'ioredis';
import { readFileSync } from 'node:fs';

type Argument = string | number;
type Script<Answer> = (...args: Argument[]) => Promise<Answer>;

/** What Redis is asked beside its own commands; each file says what it takes and answers. */
export interface Scripted {
  readEntry: Script<
    [state: number, value: string, fresh: number, stale: number, last: number, tags: string, ...Moment]
  >;
  writeEntry: Script<number>;
  invalidate: Script<Moment>;
  endWrite: Script<number>;
  keepLock: Script<number>;
}

/** A point of the logical clock that orders loads and invalidations, and Redis' time in milliseconds. */
export type Moment = [epoch: string, clock: number, time: number];

const script = (name: string) => ({
  lua: readFileSync(new URL(`${name}.lua`, import.meta.url), 'utf8'),
  numberOfKeys: 0, // all keys begin with the prefix that is the first argument: one Redis, no cluster
});

/** Connects when told to; what cannot be done now fails now. */
export function redisAt(url: string): Redis & Scripted {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    enableAutoPipelining: true, // the questions of one turn of the event loop travel together
    autoPipeliningIgnoredCommands: ['mget'], // that are together already
    autoResubscribe: false, // a gap has to be noticed
    autoResendUnfulfilledCommands: false,
    connectTimeout: 1_000,
    socketTimeout: 5_000, // a host that went away does not say so
    retryStrategy: (attempt) => Math.min(attempt * 50, 1_000),
    scripts: {
      readEntry: script('read'),
      writeEntry: script('write'),
      invalidate: script('invalidate'),
      endWrite: script('end-write'),
      keepLock: script('keep-lock'),
    },
  }) as Redis & Scripted;
  endSocketTimeoutOnClose(redis);
  return redis;
}
