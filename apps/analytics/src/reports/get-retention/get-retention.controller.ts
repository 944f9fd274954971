import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Overloaded } from '@cairn/resilience';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { SiteIdSchema } from '../../sites/site.dto.ts';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { RetentionQuerySchema, RetentionSchema, type Retention, type RetentionQuery } from '../report.dto.ts';
import { ReportTooLarge, TooManyReports } from '../report.errors.ts';
import { GetRetentionQuery } from './get-retention.query.ts';

@Controller('sites/:id/reports')
export class GetRetentionController {
  constructor(private readonly getRetention: GetRetentionQuery) {}

  @Get('retention')
  @SignedIn()
  @Answers({ ok: RetentionSchema, errors: [ReportTooLarge, SiteNotFound, TooManyReports, Overloaded] })
  get(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: RetentionQuerySchema }) query: RetentionQuery,
  ): Promise<Retention> {
    return this.getRetention.execute(caller, siteId, query);
  }
}
