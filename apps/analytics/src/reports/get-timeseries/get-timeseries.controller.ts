import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Overloaded } from '@cairn/resilience';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { SiteIdSchema } from '../../sites/site.dto.ts';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { TimeseriesQuerySchema, TimeseriesSchema, type Timeseries, type TimeseriesQuery } from '../report.dto.ts';
import { ReportTooLarge, TooManyReports } from '../report.errors.ts';
import { GetTimeseriesQuery } from './get-timeseries.query.ts';

@Controller('sites/:id/reports')
export class GetTimeseriesController {
  constructor(private readonly getTimeseries: GetTimeseriesQuery) {}

  @Get('timeseries')
  @SignedIn()
  @Answers({ ok: TimeseriesSchema, errors: [ReportTooLarge, SiteNotFound, TooManyReports, Overloaded] })
  get(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: TimeseriesQuerySchema }) query: TimeseriesQuery,
  ): Promise<Timeseries> {
    return this.getTimeseries.execute(caller, siteId, query);
  }
}
