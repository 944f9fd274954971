import type { Principal } from '@cairn/auth';
import { Injectable } from '@nestjs/common';
import { SiteAccess } from '../../sites/site-access.query.ts';
import type { Timeseries, TimeseriesQuery } from '../report.dto.ts';
import { ReportPeriods } from '../report-periods.service.ts';
import { ReportStore, type ReportSite } from '../report-store.ts';
import type { Period } from '../report.ts';

@Injectable()
export class GetTimeseriesQuery {
  constructor(
    private readonly sites: SiteAccess,
    private readonly periods: ReportPeriods,
    private readonly store: ReportStore,
  ) {}

  /** @throws SiteNotFound also when the caller may not know of it, InvalidInput, ReportTooLarge */
  async execute(caller: Principal | undefined, siteId: string, query: TimeseriesQuery): Promise<Timeseries> {
    const site = await this.sites.readable(caller, siteId);
    const period = await this.periods.of(site, query, query.interval);
    const [series, previous] = await Promise.all([
      this.series(site, period, query),
      query.compare ? this.store.periodBefore(site, period).then((before) => this.series(site, before, query)) : null,
    ]);
    return { timeZone: site.timeZone, interval: query.interval, ...series, previous };
  }

  private async series(site: ReportSite, period: Period, query: TimeseriesQuery) {
    const { totals, buckets } = await this.store.timeseries(site, period, query);
    return { ...period, totals, buckets: [...buckets] };
  }
}
