import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import type { SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import type { LinkView } from '../link.dto.ts';
import { LinkRepository } from '../link.repository.ts';
import { LinkViews } from '../link-views.query.ts';

@Injectable()
export class EnableLinkHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly links: LinkRepository,
    private readonly views: LinkViews,
  ) {}

  /** The link; what it leads to may still be disabled. @throws LinkNotFound, Stale */
  execute(caller: Principal, code: string, seen: SeenVersion): Promise<LinkView> {
    return this.transactions.run(async (tx) => {
      const link = await this.links.lockForChange(tx, caller, 'moderate', code, seen);
      if (link.enable(new Date())) await this.links.save(tx, link);
      const [view] = await this.views.of(tx, [link.id]);
      return view!;
    });
  }
}
