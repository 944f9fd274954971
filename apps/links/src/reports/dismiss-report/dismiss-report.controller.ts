import { Roles } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Delete, Param } from '@nestjs/common';
import { ReportParamsSchema, type ReportParams } from '../report.dto.ts';
import { ReportNotFound } from '../report.errors.ts';
import { DismissReportHandler } from './dismiss-report.handler.ts';

@Controller('links')
export class DismissReportController {
  constructor(private readonly dismissReport: DismissReportHandler) {}

  @Delete('reports/:id')
  @Roles('moderator', 'admin')
  @Answers({ errors: [ReportNotFound] })
  dismiss(@Param({ schema: ReportParamsSchema }) { id }: ReportParams): Promise<void> {
    return this.dismissReport.execute(id);
  }
}
