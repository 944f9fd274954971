import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Overloaded } from '@cairn/resilience';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { SiteIdSchema } from '../../sites/site.dto.ts';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { GoalsQuerySchema, GoalsSchema, type Goals, type GoalsQuery } from '../report.dto.ts';
import { ReportTooLarge, RevenueTooLarge, TooManyReports } from '../report.errors.ts';
import { GetGoalsQuery } from './get-goals.query.ts';

@Controller('sites/:id/reports')
export class GetGoalsController {
  constructor(private readonly getGoals: GetGoalsQuery) {}

  @Get('goals')
  @SignedIn()
  @Answers({ ok: GoalsSchema, errors: [ReportTooLarge, SiteNotFound, TooManyReports, Overloaded, RevenueTooLarge] })
  get(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: GoalsQuerySchema }) query: GoalsQuery,
  ): Promise<Goals> {
    return this.getGoals.execute(caller, siteId, query);
  }
}
