import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { ReaderRepository } from '../reader.repository.ts';
import { SiteRepository } from '../site.repository.ts';

@Injectable()
export class InviteReaderHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly sites: SiteRepository,
    private readonly readers: ReaderRepository,
  ) {}

  /** @throws SiteNotFound, NotYourSite, TooManyReaders */
  execute(caller: Principal, siteId: string, userId: string): Promise<void> {
    return this.transactions.run(async (tx) => {
      const { ownerId } = await this.sites.lockForChange(tx, caller, siteId);
      if (userId !== ownerId) await this.readers.add(tx, siteId, userId);
    });
  }
}
