import { incarnationOf, REVOCATIONS_COMPLETE } from '@cairn/auth';
import { Redis } from 'ioredis';

export interface TestRedis {
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * An empty database of its own (one of Redis's numbered ones) on the Redis of this Jest run.
 * Keys are its own; channels of PUBLISH are not: Redis shares those among all numbers.
 */
export async function createTestRedis(): Promise<TestRedis> {
  const server = process.env.TEST_REDIS_URL!;
  const number = await once(server, (redis) => redis.incr('cairn:test-databases'));
  const url = `${server}/${number}`;
  return { url, drop: () => once(url, async (redis) => void (await redis.flushdb())) };
}

/** Stands in for identity, which says that it has sent all revocations to this Redis. */
export const markRevocationsComplete = ({ url }: TestRedis): Promise<void> =>
  once(url, async (redis) => void (await redis.set(REVOCATIONS_COMPLETE, await incarnationOf(redis))));

async function once<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
