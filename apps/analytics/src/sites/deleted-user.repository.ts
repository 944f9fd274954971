import { OUTLIVES_TOKENS_SECONDS } from '@cairn/auth';
import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { SiteRepository } from './site.repository.ts';

/** Longer than visits may come late: see KNOWN_DAYS of hits. */
const REMEMBERED_DAYS = 30;
/**
 * From each pass to the next: after a minute for what was under way, and for the last time when no token of theirs is alive, as one whose
 * revocation does not arrive is good until it ends.
 */
const PAUSES_SECONDS = [60, OUTLIVES_TOKENS_SECONDS];

/** Accounts that are gone. */
@Injectable()
export class DeletedUserRepository {
  constructor(private readonly sites: SiteRepository) {}

  async note(tx: Transaction, userId: string): Promise<void> {
    await tx.query('INSERT INTO deleted_users (user_id) VALUES ($1) ON CONFLICT DO NOTHING', [userId]);
    await this.delete(tx, [userId]);
  }

  /** What came into being while they were deleted, or since. */
  async deleteWhatIsTheirs(tx: Transaction): Promise<void> {
    const due = await tx.query(DUE);
    const ids = due.map(({ id }: { id: string }) => id);
    if (ids.length) {
      await this.delete(tx, ids);
      await tx.query(PASSED, [ids, PAUSES_SECONDS]);
    }
    await tx.query(
      `DELETE FROM deleted_users WHERE due_at IS NULL AND deleted_at < now() - ${REMEMBERED_DAYS} * interval '1 day'`,
    );
  }

  private async delete(tx: Transaction, userIds: readonly string[]): Promise<void> {
    const theirs = await tx.query('SELECT id FROM sites WHERE owner_id = ANY($1) ORDER BY id FOR UPDATE', [userIds]);
    if (theirs.length) await this.sites.delete(tx, theirs.map(({ id }: { id: string }) => id)); // prettier-ignore
    await tx.query('DELETE FROM site_readers WHERE user_id = ANY($1)', [userIds]);
  }
}

/** Of several instances each takes others. */
const DUE = `SELECT user_id AS id FROM deleted_users WHERE due_at <= now() ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED`;

/** After the last there is no pause to be found, and none is due. */
const PASSED = `UPDATE deleted_users SET passes = passes + 1, due_at = now() + ($2::integer[])[passes + 1] * interval '1 second'
  WHERE user_id = ANY($1)`;
