import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Revocation } from './revoked-access.ts';

/*
 * Revocations travel through one Redis Stream, which identity writes and every service reads from its start. Beside it stands the mark
 * that the list is complete: the incarnation of the Redis to which all revocations in force have been sent. A Redis that was restarted,
 * emptied or replaced has another one, or no mark.
 */
export const REVOCATION_STREAM = 'auth:revocations';
export const REVOCATIONS_COMPLETE = 'auth:revocations:complete';
const FIELD = 'revocation';

const RevocationSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('session'), sessionId: z.string(), until: z.number() }),
  z.object({ kind: z.literal('user'), userId: z.string(), minTokenVersion: z.number(), until: z.number() }),
]);

/** An entry as ioredis answers it: its id, and names and values in turn. */
export type StreamEntry = [id: string, fields: string[]];

/** The arguments of XADD for one entry. */
export const revocationEntry = (revocation: Revocation): string[] => [FIELD, JSON.stringify(revocation)];

/** What an entry says; undefined when this version does not know it. */
export function readEntry([, [name, value]]: StreamEntry): Revocation | undefined {
  if (name !== FIELD || value === undefined) return undefined;
  try {
    return RevocationSchema.parse(JSON.parse(value));
  } catch {
    return undefined;
  }
}

/** Another after every restart of Redis, whether or not it kept its data. */
export async function incarnationOf(redis: Redis): Promise<string> {
  return /run_id:(\w+)/.exec(await redis.info('server'))?.[1] ?? '';
}

export async function isComplete(redis: Redis): Promise<boolean> {
  const [mark, incarnation] = await Promise.all([redis.get(REVOCATIONS_COMPLETE), incarnationOf(redis)]);
  return mark === incarnation;
}

/** The last id that the stream has given; lower than what was read when the stream began anew. */
export async function lastIdOf(redis: Redis): Promise<string> {
  if (!(await redis.exists(REVOCATION_STREAM))) return '0-0';
  const info = (await redis.xinfo('STREAM', REVOCATION_STREAM)) as unknown[];
  return String(info[info.indexOf('last-generated-id') + 1]);
}

/** Whether stream id `a` comes before `b`; both are `<ms>-<number>`. */
export function isBefore(a: string, b: string): boolean {
  const [aMs = 0n, aNumber = 0n] = a.split('-').map(BigInt);
  const [bMs = 0n, bNumber = 0n] = b.split('-').map(BigInt);
  return aMs < bMs || (aMs === bMs && aNumber < bNumber);
}
