import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import type { SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import type { LinkView } from '../link.dto.ts';
import { LinkRepository } from '../link.repository.ts';
import { LinkViews } from '../link-views.query.ts';

@Injectable()
export class DisableLinkHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly links: LinkRepository,
    private readonly views: LinkViews,
  ) {}

  /** What was reported of it is settled with that. @throws LinkNotFound, Stale */
  execute(caller: Principal, code: string, reason: string, seen: SeenVersion): Promise<LinkView> {
    return this.transactions.run(async (tx) => {
      const link = await this.links.lockForChange(tx, caller, 'moderate', code, seen);
      if (link.disable(reason, new Date())) await this.links.save(tx, link);
      await tx.query('DELETE FROM link_reports WHERE link_id = $1', [link.id]);
      const [view] = await this.views.of(tx, [link.id]);
      return view!;
    });
  }
}
