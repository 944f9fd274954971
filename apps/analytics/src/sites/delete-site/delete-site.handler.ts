import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import type { SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { SiteMadeByItself } from '../site.errors.ts';
import { SiteRepository } from '../site.repository.ts';

@Injectable()
export class DeleteSiteHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly sites: SiteRepository,
  ) {}

  /** @throws SiteNotFound, NotYourSite, Stale, SiteMadeByItself */
  execute(caller: Principal, siteId: string, seen: SeenVersion): Promise<void> {
    return this.transactions.run(async (tx) => {
      const { kind } = await this.sites.lockForChange(tx, caller, siteId, seen);
      if (kind !== 'web') throw new SiteMadeByItself();
      await this.sites.delete(tx, [siteId]);
    });
  }
}
