import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Overloaded } from '@cairn/resilience';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { SiteIdSchema } from '../../sites/site.dto.ts';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { RevenueQuerySchema, RevenueSchema, type Revenue, type RevenueQuery } from '../report.dto.ts';
import { ReportTooLarge, RevenueTooLarge, TooManyReports } from '../report.errors.ts';
import { GetRevenueQuery } from './get-revenue.query.ts';

@Controller('sites/:id/reports')
export class GetRevenueController {
  constructor(private readonly getRevenue: GetRevenueQuery) {}

  @Get('revenue')
  @SignedIn()
  @Answers({ ok: RevenueSchema, errors: [ReportTooLarge, SiteNotFound, TooManyReports, Overloaded, RevenueTooLarge] })
  get(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: RevenueQuerySchema }) query: RevenueQuery,
  ): Promise<Revenue> {
    return this.getRevenue.execute(caller, siteId, query);
  }
}
