import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { ReaderRepository } from '../reader.repository.ts';
import { SiteAccess } from '../site-access.query.ts';
import { SiteRepository } from '../site.repository.ts';

@Injectable()
export class RemoveReaderHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly access: SiteAccess,
    private readonly sites: SiteRepository,
    private readonly readers: ReaderRepository,
  ) {}

  /** @throws SiteNotFound, NotYourSite */
  async execute(caller: Principal, siteId: string, userId: string): Promise<void> {
    const isOneself = caller.id === userId;
    if (isOneself) await this.access.readable(caller, siteId);
    await this.transactions.run(async (tx) => {
      if (!isOneself) await this.sites.lockForChange(tx, caller, siteId);
      await this.readers.remove(tx, siteId, userId);
    });
  }
}
