import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { InvalidInput, type SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { hashPassword } from '../link-password.ts';
import type { LinkView } from '../link.dto.ts';
import { LinkRepository } from '../link.repository.ts';
import { LinkTargets } from '../link-targets.service.ts';
import { contradictionsIn } from '../link.ts';
import { LinkViews } from '../link-views.query.ts';
import { toChange, type UpdateLink } from './update-link.dto.ts';

@Injectable()
export class UpdateLinkHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly links: LinkRepository,
    private readonly targets: LinkTargets,
    private readonly views: LinkViews,
  ) {}

  /** @throws LinkNotFound, NotYourLink, Stale, InvalidInput */
  async execute(caller: Principal, code: string, change: UpdateLink, seen: SeenVersion): Promise<LinkView> {
    const { password } = change;
    const passwordHash = typeof password === 'string' ? await hashPassword(password) : password;
    return this.transactions.run(async (tx) => {
      const link = await this.links.lockForChange(tx, caller, 'change', code, seen);
      if (link.edit(toChange(change), passwordHash, new Date())) {
        const leadsElsewhere = change.url !== undefined || change.targets !== undefined || change.rules !== undefined;
        const [objections] = leadsElsewhere ? await this.targets.objectionsTo(tx, [link]) : [[]];
        const errors = [...contradictionsIn(link), ...objections!];
        if (errors.length) throw new InvalidInput(errors);
        await this.links.save(tx, link);
      }
      const [view] = await this.views.of(tx, [link.id]);
      return view!;
    });
  }
}
