import type { Principal } from '@cairn/auth';
import { Injectable } from '@nestjs/common';
import { SiteAccess } from '../../sites/site-access.query.ts';
import type { Goals, GoalsQuery } from '../report.dto.ts';
import { LONGEST_OF_HITS, ReportPeriods } from '../report-periods.service.ts';
import { ReportStore } from '../report-store.ts';

@Injectable()
export class GetGoalsQuery {
  constructor(
    private readonly sites: SiteAccess,
    private readonly periods: ReportPeriods,
    private readonly store: ReportStore,
  ) {}

  /** @throws SiteNotFound also when the caller may not know of it, InvalidInput, ReportTooLarge */
  async execute(caller: Principal | undefined, siteId: string, query: GoalsQuery): Promise<Goals> {
    const site = await this.sites.readable(caller, siteId);
    const period = await this.periods.of(site, query, LONGEST_OF_HITS);
    return { ...period, ...(await this.store.goals(site, period, query)) };
  }
}
