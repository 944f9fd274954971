import { incarnationOf, REVOCATION_STREAM, REVOCATIONS_COMPLETE, revocationEntry } from '@cairn/auth';
import { Redis } from 'ioredis';
import { decodeJwt } from 'jose';
import type { Someone } from './issuer.ts';

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

/** Ends the session of somebody's token, as identity does. */
export const revoke = ({ url }: Pick<TestRedis, 'url'>, { authorization }: Someone): Promise<void> => {
  const { sid: sessionId } = decodeJwt(authorization.replace('Bearer ', '')) as { sid: string };
  const revocation = { kind: 'session', sessionId, until: Date.now() + 600_000 } as const;
  return once(url, async (redis) => void (await redis.xadd(REVOCATION_STREAM, '*', ...revocationEntry(revocation))));
};

async function once<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
