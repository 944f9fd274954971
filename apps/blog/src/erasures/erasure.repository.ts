import { OUTLIVES_TOKENS_SECONDS } from '@cairn/auth';
import { Sql, type Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';

/**
 * From each pass to the next: after a minute for what was under way, and for the last time when no token of the user is alive, as one whose
 * revocation does not arrive is good until it ends.
 */
const PAUSES_SECONDS = [60, OUTLIVES_TOKENS_SECONDS];

/** A pass over what a user has left that is to be made now. */
export interface Erasure {
  readonly userId: string;
  /** So many were made before. */
  readonly passes: number;
}

/** Whose comments, likes and drafts are still to be erased. */
@Injectable()
export class ErasureRepository {
  constructor(private readonly sql: Sql) {}

  async note(tx: Transaction, userId: string): Promise<void> {
    await tx.query('INSERT INTO erasures (user_id) VALUES ($1) ON CONFLICT DO NOTHING', [userId]);
  }

  due(): Promise<Erasure[]> {
    return this.sql.rows(DUE, []);
  }

  /** Nothing is left of theirs. Only once for each pass: another instance may have made it as well, and later ones since. */
  async passed(tx: Transaction, { userId, passes }: Erasure): Promise<void> {
    const pause = PAUSES_SECONDS[passes];
    if (pause === undefined)
      await tx.query('DELETE FROM erasures WHERE user_id = $1 AND passes = $2', [userId, passes]);
    else await tx.query(PASSED, [userId, passes, pause]);
  }
}

const PASSED = `UPDATE erasures SET passes = passes + 1, due_at = now() + $3 * interval '1 second' WHERE user_id = $1 AND passes = $2`;

const DUE = {
  name: 'erasures-due',
  text: 'SELECT user_id AS "userId", passes FROM erasures WHERE due_at <= now() ORDER BY due_at LIMIT 100',
};
