import { Sql, Transactions } from '@cairn/database';
import { Job, type JobProvider } from '@cairn/service/job';
import { Injectable, Logger } from '@nestjs/common';
import { RollupRepository } from '../rollup.repository.ts';

/** A site whose time zone was changed has other days: what is rolled up of it is made anew by them. */
@Job({ name: 'follow-time-zones', everyMs: 1_000 })
@Injectable()
export class FollowTimeZonesJob implements JobProvider {
  private readonly logger = new Logger(FollowTimeZonesJob.name);

  constructor(
    private readonly sql: Sql,
    private readonly transactions: Transactions,
    private readonly rollups: RollupRepository,
  ) {}

  async run(): Promise<void> {
    for (const { siteId } of await this.sql.rows<{ siteId: string }>(MOVED, []))
      await this.follow(siteId).catch((error: unknown) => {
        this.logger.error(error, `The days of site ${siteId} are still those of its old time zone; it is tried again`);
      });
  }

  private follow(siteId: string): Promise<void> {
    return this.transactions.run(async (tx) => {
      const site = await this.rollups.hold(tx, siteId);
      if (!site) return;
      await tx.query('UPDATE rolled_sites SET time_zone = sites.time_zone FROM sites WHERE site_id = id AND id = $1', [
        siteId,
      ]);
      await this.rollups.markDays(tx, siteId);
    });
  }
}

const MOVED = {
  name: 'moved-sites',
  text: `SELECT site_id AS "siteId" FROM rolled_sites JOIN sites ON id = site_id WHERE rolled_sites.time_zone <> sites.time_zone LIMIT 100`,
};
