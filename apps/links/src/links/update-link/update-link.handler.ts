import type { Principal } from '@cairn/auth';
import { linkLimitReached } from '@cairn/contracts/events';
import { Transactions, type Transaction } from '@cairn/database';
import { InvalidInput, type SeenVersion } from '@cairn/http';
import { Outbox } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { hashPassword } from '../link-password.ts';
import type { LinkView } from '../link.dto.ts';
import { LinkRepository } from '../link.repository.ts';
import { LinkTargets } from '../link-targets.service.ts';
import { contradictionsIn, type Link } from '../link.ts';
import { LinkViews } from '../link-views.query.ts';
import { toChange, type UpdateLink } from './update-link.dto.ts';

@Injectable()
export class UpdateLinkHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly links: LinkRepository,
    private readonly targets: LinkTargets,
    private readonly views: LinkViews,
    private readonly outbox: Outbox,
  ) {}

  /** @throws LinkNotFound, NotYourLink, Stale, InvalidInput */
  async execute(caller: Principal, code: string, change: UpdateLink, seen: SeenVersion): Promise<LinkView> {
    const { password } = change;
    const passwordHash = typeof password === 'string' ? await hashPassword(password) : password;
    return this.transactions.run(async (tx) => {
      const link = await this.links.lockForChange(tx, caller, 'change', code, seen);
      const limitBefore = link.maxVisits;
      if (link.edit(toChange(change), passwordHash, new Date())) {
        const leadsElsewhere = change.url !== undefined || change.targets !== undefined || change.rules !== undefined;
        const [objections] = leadsElsewhere ? await this.targets.objectionsTo(tx, [link]) : [[]];
        const errors = [...contradictionsIn(link), ...objections!];
        if (errors.length) throw new InvalidInput(errors);
        await this.links.save(tx, link);
        if (link.maxVisits !== limitBefore) await this.tellIfReached(tx, link, limitBefore);
      }
      const [view] = await this.views.of(tx, [link.id]);
      return view!;
    });
  }

  /** Of a limit that is set to what has been visited no visit tells. One that was reached before has been told. */
  private async tellIfReached(tx: Transaction, link: Link, limitBefore: number | null): Promise<void> {
    const { id: linkId, code, ownerId, maxVisits } = link;
    const claimed = await this.links.claimedVisitsOf(tx, linkId);
    if (maxVisits === null || claimed < maxVisits || (limitBefore !== null && claimed >= limitBefore)) return;
    await this.outbox.publish(tx, linkLimitReached, { linkId, code, ownerId, maxVisits });
  }
}
