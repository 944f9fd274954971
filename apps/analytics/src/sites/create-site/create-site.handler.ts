import type { Principal } from '@cairn/auth';
import { Idempotency, Transactions } from '@cairn/database';
import type { IdempotentRequest } from '@cairn/http/errors';
import { Injectable } from '@nestjs/common';
import { SiteAccess } from '../site-access.query.ts';
import type { SiteView } from '../site.dto.ts';
import { SiteRepository } from '../site.repository.ts';
import type { SiteSettings } from '../site.ts';
import { TimeZones } from '../time-zones.query.ts';

@Injectable()
export class CreateSiteHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly idempotency: Idempotency,
    private readonly sites: SiteRepository,
    private readonly access: SiteAccess,
    private readonly timeZones: TimeZones,
  ) {}

  /** @throws InvalidInput, TooManySites, IdempotencyKeyInFlight, IdempotencyKeyReused */
  async execute(owner: Principal, asked: SiteSettings, request?: IdempotentRequest): Promise<SiteView> {
    const settings = { ...asked, timeZone: await this.timeZones.spelled(asked.timeZone) };
    return this.transactions.run((tx) =>
      this.idempotency.once(tx, request, async () =>
        this.access.of(tx, await this.sites.insert(tx, owner.id, settings)),
      ),
    );
  }
}
