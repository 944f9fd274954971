import { IdempotencyKeyInFlight, IdempotencyKeyReused, type IdempotentRequest } from '@cairn/http/errors';
import { Injectable } from '@nestjs/common';
import type { Transaction } from './transactions.ts';

/**
 * Makes a create safe to repeat. The claim of the key and the answer commit in the handler's own transaction: after a crash
 * either both the effect and the answer are there, or neither.
 */
@Injectable()
export class Idempotency {
  /**
   * Does `work` unless it has been done for this request, and answers with what it answered then. The answer must be JSON.
   * @throws IdempotencyKeyInFlight while another request with the key is at work
   * @throws IdempotencyKeyReused when the key came with another body
   */
  async once<T>(tx: Transaction, request: IdempotentRequest | undefined, work: () => Promise<T>): Promise<T> {
    if (!request) return work();
    const id = [request.callerId, request.route, request.key];
    const [{ free }] = await tx.query('SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free', [
      id.join(' '),
    ]);
    if (!free) throw new IdempotencyKeyInFlight();

    const [known] = (await tx.query(FIND, id)) as { digest: string; answer: T }[];
    if (known && known.digest !== request.digest) throw new IdempotencyKeyReused();
    if (known) {
      request.replayed = true;
      return known.answer;
    }
    const answer = await work();
    await tx.query(STORE, [...id, request.digest, JSON.stringify(answer)]);
    await tx.query(FORGET_EXPIRED);
    return answer;
  }
}

const FIND = `SELECT digest, answer FROM idempotency_keys
  WHERE caller_id = $1 AND route = $2 AND key = $3 AND created_at > now() - interval '24 hours'`;

const STORE = `INSERT INTO idempotency_keys (caller_id, route, key, digest, answer) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (caller_id, route, key) DO UPDATE SET digest = excluded.digest, answer = excluded.answer, created_at = now()`;

/** Each new key takes a few old ones with it, so that the table needs no job. */
const FORGET_EXPIRED = `DELETE FROM idempotency_keys WHERE ctid IN (
  SELECT ctid FROM idempotency_keys WHERE created_at < now() - interval '24 hours' LIMIT 10 FOR UPDATE SKIP LOCKED)`;
