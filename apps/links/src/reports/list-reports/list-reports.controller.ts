import { Roles } from '@cairn/auth';
import { Answers, type Page } from '@cairn/http';
import { Controller, Get, Query } from '@nestjs/common';
import { ListReportsSchema, ReportPageSchema, type ListReports, type Report } from '../report.dto.ts';
import { ListReportsQuery } from './list-reports.query.ts';

@Controller('links')
export class ListReportsController {
  constructor(private readonly listReports: ListReportsQuery) {}

  @Get('reports')
  @Roles('moderator', 'admin')
  @Answers({ ok: ReportPageSchema })
  list(@Query({ schema: ListReportsSchema }) query: ListReports): Promise<Page<Report>> {
    return this.listReports.execute(query);
  }
}
