import { z } from 'zod';
import type { Revocation } from './revoked-access.ts';

/*
 * Revocations travel through one Redis Stream, which identity writes and every service reads from its start. An entry is either a
 * revocation or the mark that all that were in force have been written: a stream without one may be the rest of a lost list.
 */
export const REVOCATION_STREAM = 'auth:revocations';
const FIELD = 'revocation';
const COMPLETE = 'complete';

const RevocationSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('session'), sessionId: z.string(), until: z.number() }),
  z.object({ kind: z.literal('user'), userId: z.string(), minTokenVersion: z.number(), until: z.number() }),
]);

/** An entry as ioredis answers it: its id, and names and values in turn. */
export type StreamEntry = [id: string, fields: string[]];

/** The arguments of XADD for one entry. */
export const revocationEntry = (revocation: Revocation): string[] => [FIELD, JSON.stringify(revocation)];
export const completeEntry = (): string[] => [COMPLETE, '1'];

/** What an entry says; undefined when this version does not know it. */
export function readEntry([, [name, value]]: StreamEntry): Revocation | 'complete' | undefined {
  if (name === COMPLETE) return 'complete';
  if (name !== FIELD || value === undefined) return undefined;
  try {
    return RevocationSchema.parse(JSON.parse(value));
  } catch {
    return undefined;
  }
}

/** Whether stream id `a` comes before `b`; both are `<ms>-<number>`. */
export function isBefore(a: string, b: string): boolean {
  const [aMs = 0n, aNumber = 0n] = a.split('-').map(BigInt);
  const [bMs = 0n, bNumber = 0n] = b.split('-').map(BigInt);
  return aMs < bMs || (aMs === bMs && aNumber < bNumber);
}
