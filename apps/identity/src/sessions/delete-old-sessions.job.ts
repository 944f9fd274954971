import { Transactions } from '@cairn/database';
import { Job } from '@cairn/service/job';
import { Injectable } from '@nestjs/common';

const BATCH = 1_000;

/**
 * Deletes sessions 30 days after they ended (until then they say where their owner has signed in from) and revocations that concern
 * no token any more. Rows that another instance is deleting are passed over.
 */
@Job({ name: 'delete-old-sessions', everyMs: 600_000 })
@Injectable()
export class DeleteOldSessionsJob {
  constructor(private readonly transactions: Transactions) {}

  async run(): Promise<void> {
    await this.deleteAll(`sessions`, `coalesce(ended_at, expires_at) < now() - interval '30 days'`);
    await this.deleteAll(`access_revocations`, `until < now()`);
  }

  private async deleteAll(table: string, condition: string): Promise<void> {
    let deleted: number;
    do {
      deleted = await this.transactions.run(async (tx) => {
        const [, count] = (await tx.query(
          `DELETE FROM ${table} WHERE id IN
             (SELECT id FROM ${table} WHERE ${condition} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
        )) as [unknown, number];
        return count;
      });
    } while (deleted === BATCH);
  }
}
