import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { AccessRevocations } from './access-revocations.service.ts';

/** Why a session ended. */
export type EndingReason = 'log-out' | 'token-reuse' | 'password-change' | 'suspension' | 'deletion';

/** Ends sessions: their refresh tokens at once, their access tokens within a second. */
@Injectable()
export class SessionEnding {
  constructor(private readonly revocations: AccessRevocations) {}

  /** All sessions of a user, or all but one. */
  async endAll(
    tx: Transaction,
    userId: string,
    { except, reason: _reason }: { except?: string; reason: EndingReason },
  ): Promise<void> {
    const ended = (await tx.query(
      `WITH ended AS (
         UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2
         RETURNING id)
       SELECT id FROM ended`,
      [userId, except ?? null],
    )) as { id: string }[];
    await this.revocations.sessionsEnded(
      tx,
      ended.map(({ id }) => id),
    );
  }
}
