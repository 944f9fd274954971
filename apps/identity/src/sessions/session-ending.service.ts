import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { AccessRevocations } from './access-revocations.service.ts';
import type { EndingReason } from './session.ts';

/** Ends sessions: their refresh tokens at once, their access tokens within a second. */
@Injectable()
export class SessionEnding {
  constructor(private readonly revocations: AccessRevocations) {}

  /** One session of a user; false when there is none such that goes on. One that has expired ends too: an access token may outlive it. */
  async end(tx: Transaction, userId: string, sessionId: string, reason: EndingReason): Promise<boolean> {
    const ended = await idsOf(
      tx,
      `UPDATE sessions SET ended_at = now(), ended_reason = $3
       WHERE user_id = $1 AND id = $2 AND ended_at IS NULL RETURNING id`,
      [userId, sessionId, reason],
    );
    await this.revocations.sessionsEnded(tx, userId, ended);
    return ended.length > 0;
  }

  /**
   * All sessions of a user, or all but one. Call it under the lock of the user's row, which log-in takes too: else a session could
   * begin meanwhile and stay. With the reason `deletion` they are erased, as addresses and agents are personal.
   */
  async endAll(
    tx: Transaction,
    userId: string,
    { except, reason }: { except?: string; reason: EndingReason },
  ): Promise<void> {
    const ended = await idsOf(
      tx,
      `UPDATE sessions SET ended_at = now(), ended_reason = $3
       WHERE user_id = $1 AND id IS DISTINCT FROM $2 AND ended_at IS NULL RETURNING id`,
      [userId, except ?? null, reason],
    );
    await this.revocations.sessionsEnded(tx, userId, ended);
    if (reason === 'deletion') await tx.query('DELETE FROM sessions WHERE user_id = $1', [userId]);
  }
}

/** Under a CTE, because TypeORM answers an UPDATE with a pair. */
async function idsOf(tx: Transaction, update: string, values: unknown[]): Promise<string[]> {
  const rows = (await tx.query(`WITH ended AS (${update}) SELECT id FROM ended`, values)) as { id: string }[];
  return rows.map(({ id }) => id);
}
