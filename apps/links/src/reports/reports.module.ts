import { Module } from '@nestjs/common';
import { LimitsModule } from '../limits/limits.module.ts';
import { DismissReportController } from './dismiss-report/dismiss-report.controller.ts';
import { DismissReportHandler } from './dismiss-report/dismiss-report.handler.ts';
import { ListReportsController } from './list-reports/list-reports.controller.ts';
import { ListReportsQuery } from './list-reports/list-reports.query.ts';
import { ReportLinkController } from './report-link/report-link.controller.ts';
import { ReportLinkHandler } from './report-link/report-link.handler.ts';

/** What people say of links that should not be: a queue for moderators. */
@Module({
  imports: [LimitsModule],
  controllers: [ReportLinkController, ListReportsController, DismissReportController],
  providers: [ReportLinkHandler, ListReportsQuery, DismissReportHandler],
})
export class ReportsModule {}
