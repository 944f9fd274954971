import { OUTLIVES_TOKENS_SECONDS } from '@cairn/auth';
import { sessionRevoked } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import { Outbox } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';

/** How long a revocation is kept and enforced: whatever ACCESS_TOKEN_SECONDS is now, it may have been longer a minute ago. */
export const REVOCATION_SECONDS = OUTLIVES_TOKENS_SECONDS;

/** Access tokens that must stop working before they expire, written in the transaction of the change that ends them. */
@Injectable()
export class AccessRevocations {
  constructor(private readonly outbox: Outbox) {}

  /** Ends every access token of a user whose claim `ver` is below `tokenVersion`. No clock is compared. */
  async userChanged(tx: Transaction, user: { id: string; tokenVersion: number }): Promise<void> {
    await tx.query(
      `INSERT INTO access_revocations (user_id, min_token_version, until)
       VALUES ($1, $2, now() + $3 * interval '1 second')`,
      [user.id, user.tokenVersion, REVOCATION_SECONDS],
    );
  }

  /** Ends the access tokens of these sessions of a user. */
  async sessionsEnded(tx: Transaction, userId: string, sessionIds: readonly string[]): Promise<void> {
    if (sessionIds.length === 0) return;
    await tx.query(
      `INSERT INTO access_revocations (session_id, until)
       SELECT id, now() + $2 * interval '1 second' FROM unnest($1::uuid[]) AS id`,
      [sessionIds, REVOCATION_SECONDS],
    );
    const events = sessionIds.map((sessionId) => ({ sessionId, userId }));
    await this.outbox.publishAll(tx, sessionRevoked, events);
  }
}
