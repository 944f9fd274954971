import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import type { SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { LinkRepository } from '../link.repository.ts';

@Injectable()
export class DeleteLinkHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly links: LinkRepository,
  ) {}

  /** All but the code, which is in quarantine. @throws LinkNotFound, NotYourLink, Stale */
  execute(caller: Principal, code: string, seen: SeenVersion): Promise<void> {
    return this.transactions.run(async (tx) => {
      const link = await this.links.lockForChange(tx, caller, 'change', code, seen);
      await this.links.delete(tx, [link]);
    });
  }
}
