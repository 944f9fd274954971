import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Overloaded } from '@cairn/resilience';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { SiteIdSchema } from '../../sites/site.dto.ts';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { BreakdownQuerySchema, BreakdownSchema, type Breakdown, type BreakdownQuery } from '../report.dto.ts';
import { ReportTooLarge, TooManyReports } from '../report.errors.ts';
import { GetBreakdownQuery } from './get-breakdown.query.ts';

@Controller('sites/:id/reports')
export class GetBreakdownController {
  constructor(private readonly getBreakdown: GetBreakdownQuery) {}

  @Get('breakdown')
  @SignedIn()
  @Answers({ ok: BreakdownSchema, errors: [ReportTooLarge, SiteNotFound, TooManyReports, Overloaded] })
  get(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: BreakdownQuerySchema }) query: BreakdownQuery,
  ): Promise<Breakdown> {
    return this.getBreakdown.execute(caller, siteId, query);
  }
}
