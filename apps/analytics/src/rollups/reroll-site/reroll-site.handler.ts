import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { RollupRepository } from '../rollup.repository.ts';
import type { Reroll, Rerolling } from './reroll-site.dto.ts';

@Injectable()
export class RerollSiteHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly rollups: RollupRepository,
  ) {}

  /** Only notes the days: the job makes them anew, each as a whole, so that no report sees one half made. @throws SiteNotFound */
  execute({ siteId, from, to }: Reroll): Promise<Rerolling> {
    return this.transactions.run(async (tx) => {
      const [site] = await tx.query('SELECT 1 FROM sites WHERE id = $1', [siteId]);
      if (!site) throw new SiteNotFound();
      return this.rollups.markDays(tx, siteId, from, to);
    });
  }
}
