import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Overloaded } from '@cairn/resilience';
import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { GetBreakdownQuery } from '../../reports/get-breakdown/get-breakdown.query.ts';
import { GetFunnelQuery } from '../../reports/get-funnel/get-funnel.query.ts';
import { GetGoalsQuery } from '../../reports/get-goals/get-goals.query.ts';
import { GetPathsQuery } from '../../reports/get-paths/get-paths.query.ts';
import { GetRetentionQuery } from '../../reports/get-retention/get-retention.query.ts';
import { GetRevenueQuery } from '../../reports/get-revenue/get-revenue.query.ts';
import { GetTimeseriesQuery } from '../../reports/get-timeseries/get-timeseries.query.ts';
import * as dto from '../../reports/report.dto.ts';
import { ReportTooLarge, TooManyReports } from '../../reports/report.errors.ts';
import { SiteIdSchema } from '../../sites/site.dto.ts';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { flat, recordsOf } from '../report-records.ts';

const CSV = 'text/csv; charset=utf-8; header=present';
const CONDITION = ['dimension', 'value'];
const answers = { content: ['text/csv'], errors: [ReportTooLarge, SiteNotFound, TooManyReports, Overloaded] };

/** The same reports for spreadsheets, by another ending of their address: what is asked stands in the query string as it does there. */
@Controller('sites/:id/reports')
export class ExportReportsController {
  constructor(
    private readonly getTimeseries: GetTimeseriesQuery,
    private readonly getBreakdown: GetBreakdownQuery,
    private readonly getFunnel: GetFunnelQuery,
    private readonly getRetention: GetRetentionQuery,
    private readonly getPaths: GetPathsQuery,
    private readonly getGoals: GetGoalsQuery,
    private readonly getRevenue: GetRevenueQuery,
  ) {}

  /** A record for each bucket. */
  @Get('timeseries.csv')
  @ApiOperation({ operationId: 'exportTimeseries' })
  @SignedIn()
  @Answers(answers)
  @Header('Content-Type', CSV)
  async timeseries(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: dto.TimeseriesQuerySchema }) query: dto.TimeseriesQuery,
  ): Promise<string> {
    const { buckets } = await this.getTimeseries.execute(caller, siteId, query);
    return recordsOf(buckets, Object.keys(dto.BucketSchema.shape));
  }

  /** A record for each value, that of the most visits first. */
  @Get('breakdown.csv')
  @ApiOperation({ operationId: 'exportBreakdown' })
  @SignedIn()
  @Answers(answers)
  @Header('Content-Type', CSV)
  async breakdown(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: dto.BreakdownQuerySchema }) query: dto.BreakdownQuery,
  ): Promise<string> {
    const { items } = await this.getBreakdown.execute(caller, siteId, query);
    return recordsOf(items, Object.keys(dto.BreakdownSchema.shape.items.element.shape));
  }

  /** A record for each step. */
  @Get('funnel.csv')
  @ApiOperation({ operationId: 'exportFunnel' })
  @SignedIn()
  @Answers(answers)
  @Header('Content-Type', CSV)
  async funnel(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: dto.FunnelQuerySchema }) query: dto.FunnelQuery,
  ): Promise<string> {
    const { steps } = await this.getFunnel.execute(caller, siteId, query);
    return recordsOf(steps.map(flat), [...CONDITION, 'visitors', 'visitorDays', 'rate']);
  }

  /** A record for each cohort; how many returned is a list in one cell, in JSON. */
  @Get('retention.csv')
  @ApiOperation({ operationId: 'exportRetention' })
  @SignedIn()
  @Answers(answers)
  @Header('Content-Type', CSV)
  async retention(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: dto.RetentionQuerySchema }) query: dto.RetentionQuery,
  ): Promise<string> {
    const { cohorts } = await this.getRetention.execute(caller, siteId, query);
    return recordsOf(cohorts, Object.keys(dto.RetentionSchema.shape.cohorts.element.shape));
  }

  /** A record for each path; its pages are a list in one cell, in JSON. */
  @Get('paths.csv')
  @ApiOperation({ operationId: 'exportPaths' })
  @SignedIn()
  @Answers(answers)
  @Header('Content-Type', CSV)
  async paths(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: dto.PathsQuerySchema }) query: dto.PathsQuery,
  ): Promise<string> {
    const { items } = await this.getPaths.execute(caller, siteId, query);
    return recordsOf(items, Object.keys(dto.PathsSchema.shape.items.element.shape));
  }

  /** A record for each goal. */
  @Get('goals.csv')
  @ApiOperation({ operationId: 'exportGoals' })
  @SignedIn()
  @Answers(answers)
  @Header('Content-Type', CSV)
  async goals(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: dto.GoalsQuerySchema }) query: dto.GoalsQuery,
  ): Promise<string> {
    const { goals } = await this.getGoals.execute(caller, siteId, query);
    return recordsOf(goals.map(flat), [...CONDITION, 'hits', 'visitors', 'visitorDays', 'sessions', 'rate', 'revenue']);
  }

  /** A record for each bucket and currency. */
  @Get('revenue.csv')
  @ApiOperation({ operationId: 'exportRevenue' })
  @SignedIn()
  @Answers(answers)
  @Header('Content-Type', CSV)
  async revenue(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: dto.RevenueQuerySchema }) query: dto.RevenueQuery,
  ): Promise<string> {
    const { buckets } = await this.getRevenue.execute(caller, siteId, query);
    const rows = buckets.flatMap(({ at, revenue }) => revenue.map((money) => ({ at, ...money })));
    return recordsOf(rows, ['at', 'currency', 'amount']);
  }
}
