import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import type { SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { SiteAccess } from '../site-access.query.ts';
import type { SiteView } from '../site.dto.ts';
import { SiteMadeByItself } from '../site.errors.ts';
import { SiteRepository } from '../site.repository.ts';
import { TimeZones } from '../time-zones.query.ts';
import type { UpdateSite } from './update-site.dto.ts';

@Injectable()
export class UpdateSiteHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly sites: SiteRepository,
    private readonly access: SiteAccess,
    private readonly timeZones: TimeZones,
  ) {}

  /** @throws InvalidInput, SiteNotFound, NotYourSite, Stale, SiteMadeByItself */
  async execute(caller: Principal, siteId: string, change: UpdateSite, seen: SeenVersion): Promise<SiteView> {
    const newZone = change.timeZone && (await this.timeZones.spelled(change.timeZone));
    return this.transactions.run(async (tx) => {
      const { kind, name, timeZone, allowedOrigins } = await this.sites.lockForChange(tx, caller, siteId, seen);
      const before = { name, timeZone, allowedOrigins };
      const after = {
        name: change.name ?? name,
        timeZone: newZone ?? timeZone,
        allowedOrigins: change.allowedOrigins ?? allowedOrigins,
      };
      const isMore = !isDeepStrictEqual({ ...after, name }, before);
      if (kind !== 'web' && isMore) throw new SiteMadeByItself();
      if (!isDeepStrictEqual(after, before)) await this.sites.save(tx, siteId, after);
      return this.access.of(tx, siteId);
    });
  }
}
