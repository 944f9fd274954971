import type { Principal } from '@cairn/auth';
import { Injectable } from '@nestjs/common';
import { SiteAccess } from '../../sites/site-access.query.ts';
import type { Funnel, FunnelQuery } from '../report.dto.ts';
import { LONGEST_OF_SEQUENCES, ReportPeriods } from '../report-periods.service.ts';
import { ReportStore } from '../report-store.ts';

@Injectable()
export class GetFunnelQuery {
  constructor(
    private readonly sites: SiteAccess,
    private readonly periods: ReportPeriods,
    private readonly store: ReportStore,
  ) {}

  /** @throws SiteNotFound also when the caller may not know of it, InvalidInput, ReportTooLarge */
  async execute(caller: Principal | undefined, siteId: string, query: FunnelQuery): Promise<Funnel> {
    const site = await this.sites.readable(caller, siteId);
    const period = await this.periods.of(site, query, LONGEST_OF_SEQUENCES);
    return { ...period, ...(await this.store.funnel(site, period, query)) };
  }
}
