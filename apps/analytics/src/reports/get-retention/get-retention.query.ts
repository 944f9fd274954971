import type { Principal } from '@cairn/auth';
import { Injectable } from '@nestjs/common';
import { SiteAccess } from '../../sites/site-access.query.ts';
import type { Retention, RetentionQuery } from '../report.dto.ts';
import { ReportPeriods } from '../report-periods.service.ts';
import { ReportStore } from '../report-store.ts';

/** In days: a table of cohorts has as many columns as rows. */
const LONGEST = { day: 31, week: 366 };

@Injectable()
export class GetRetentionQuery {
  constructor(
    private readonly sites: SiteAccess,
    private readonly periods: ReportPeriods,
    private readonly store: ReportStore,
  ) {}

  /** @throws SiteNotFound also when the caller may not know of it, InvalidInput */
  async execute(caller: Principal | undefined, siteId: string, query: RetentionQuery): Promise<Retention> {
    const site = await this.sites.readable(caller, siteId);
    const asked = await this.periods.of(site, query, LONGEST[query.interval]);
    const period = await this.store.wholePeriod(site, asked, query.interval);
    return { ...period, ...(await this.store.retention(site, period, query)) };
  }
}
