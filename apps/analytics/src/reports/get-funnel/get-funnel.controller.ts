import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Overloaded } from '@cairn/resilience';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { SiteIdSchema } from '../../sites/site.dto.ts';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { FunnelQuerySchema, FunnelSchema, type Funnel, type FunnelQuery } from '../report.dto.ts';
import { ReportTooLarge, TooManyReports } from '../report.errors.ts';
import { GetFunnelQuery } from './get-funnel.query.ts';

@Controller('sites/:id/reports')
export class GetFunnelController {
  constructor(private readonly getFunnel: GetFunnelQuery) {}

  @Get('funnel')
  @SignedIn()
  @Answers({ ok: FunnelSchema, errors: [ReportTooLarge, SiteNotFound, TooManyReports, Overloaded] })
  get(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: FunnelQuerySchema }) query: FunnelQuery,
  ): Promise<Funnel> {
    return this.getFunnel.execute(caller, siteId, query);
  }
}
