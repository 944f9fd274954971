import { Module } from '@nestjs/common';
import { SitesModule } from '../sites/sites.module.ts';
import { GetBreakdownController } from './get-breakdown/get-breakdown.controller.ts';
import { GetBreakdownQuery } from './get-breakdown/get-breakdown.query.ts';
import { GetFunnelController } from './get-funnel/get-funnel.controller.ts';
import { GetFunnelQuery } from './get-funnel/get-funnel.query.ts';
import { GetGoalsController } from './get-goals/get-goals.controller.ts';
import { GetGoalsQuery } from './get-goals/get-goals.query.ts';
import { GetPathsController } from './get-paths/get-paths.controller.ts';
import { GetPathsQuery } from './get-paths/get-paths.query.ts';
import { GetRetentionController } from './get-retention/get-retention.controller.ts';
import { GetRetentionQuery } from './get-retention/get-retention.query.ts';
import { GetRevenueController } from './get-revenue/get-revenue.controller.ts';
import { GetRevenueQuery } from './get-revenue/get-revenue.query.ts';
import { GetTimeseriesController } from './get-timeseries/get-timeseries.controller.ts';
import { GetTimeseriesQuery } from './get-timeseries/get-timeseries.query.ts';
import { PostgresReportStore } from './postgres-report-store.repository.ts';
import { ReportPeriods } from './report-periods.service.ts';
import { ReportTurns } from './report-turns.service.ts';
import { ReportStore } from './report-store.ts';

const queries = [
  GetTimeseriesQuery,
  GetBreakdownQuery,
  GetFunnelQuery,
  GetRetentionQuery,
  GetPathsQuery,
  GetGoalsQuery,
  GetRevenueQuery,
];

@Module({
  imports: [SitesModule],
  controllers: [
    GetTimeseriesController,
    GetBreakdownController,
    GetFunnelController,
    GetRetentionController,
    GetPathsController,
    GetGoalsController,
    GetRevenueController,
  ],
  providers: [{ provide: ReportStore, useClass: PostgresReportStore }, ReportPeriods, ReportTurns, ...queries],
  exports: [ReportStore, ReportPeriods, ReportTurns, ...queries],
})
export class ReportsModule {}
