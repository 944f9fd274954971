import { Sql, type Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';

/** A request that was under way with a token of the user may have written after the first pass: it is looked again. */
const SECOND_PASS_SECONDS = 60;
const PASSES = 2;

/** Whose links are still to be erased. */
@Injectable()
export class ErasureRepository {
  constructor(private readonly sql: Sql) {}

  async note(tx: Transaction, userId: string): Promise<void> {
    await tx.query('INSERT INTO erasures (user_id) VALUES ($1) ON CONFLICT DO NOTHING', [userId]);
  }

  async due(): Promise<string[]> {
    const rows = await this.sql.rows<{ userId: string }>(DUE, []);
    return rows.map(({ userId }) => userId);
  }

  /** Nothing is left of theirs. */
  async passed(tx: Transaction, userId: string): Promise<void> {
    await tx.query(
      `UPDATE erasures SET passes = passes + 1, due_at = now() + $2 * interval '1 second' WHERE user_id = $1 AND due_at <= now()`,
      [userId, SECOND_PASS_SECONDS],
    );
    await tx.query('DELETE FROM erasures WHERE user_id = $1 AND passes >= $2', [userId, PASSES]);
  }
}

const DUE = {
  name: 'erasures-due',
  text: 'SELECT user_id AS "userId" FROM erasures WHERE due_at <= now() ORDER BY due_at LIMIT 100',
};
