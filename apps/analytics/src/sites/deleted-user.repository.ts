import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { SiteRepository } from './site.repository.ts';

/** Longer than visits may come late: see KNOWN_DAYS of hits. */
const REMEMBERED_DAYS = 30;
/** A request with a token of theirs may have been under way. */
const LOOKED_AFTER_SECONDS = 120;

/** Accounts that are gone. */
@Injectable()
export class DeletedUserRepository {
  constructor(private readonly sites: SiteRepository) {}

  async note(tx: Transaction, userId: string): Promise<void> {
    await tx.query('INSERT INTO deleted_users (user_id) VALUES ($1) ON CONFLICT DO NOTHING', [userId]);
    await this.delete(tx, [userId]);
  }

  /** What came into being while they were deleted. */
  async deleteWhatIsTheirs(tx: Transaction): Promise<void> {
    const lately = await tx.query(
      `SELECT user_id AS id FROM deleted_users WHERE deleted_at > now() - ${LOOKED_AFTER_SECONDS} * interval '1 second'`,
    );
    if (lately.length) await this.delete(tx, lately.map(({ id }: { id: string }) => id)); // prettier-ignore
    await tx.query(`DELETE FROM deleted_users WHERE deleted_at < now() - ${REMEMBERED_DAYS} * interval '1 day'`);
  }

  private async delete(tx: Transaction, userIds: readonly string[]): Promise<void> {
    const theirs = await tx.query('SELECT id FROM sites WHERE owner_id = ANY($1) ORDER BY id FOR UPDATE', [userIds]);
    if (theirs.length) await this.sites.delete(tx, theirs.map(({ id }: { id: string }) => id)); // prettier-ignore
    await tx.query('DELETE FROM site_readers WHERE user_id = ANY($1)', [userIds]);
  }
}
