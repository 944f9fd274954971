import { Caller, Public, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Body, Controller, Ip, Param, Post } from '@nestjs/common';
import { CodeSchema } from '../../links/link.dto.ts';
import { LinkNotFound } from '../../links/link.errors.ts';
import { ReportLinkSchema, type ReportLink } from '../report.dto.ts';
import { TooManyReports } from '../report.errors.ts';
import { ReportLinkHandler } from './report-link.handler.ts';

@Controller('links')
export class ReportLinkController {
  constructor(private readonly reportLink: ReportLinkHandler) {}

  @Post(':code/reports')
  @Public()
  @Answers({ errors: [LinkNotFound, TooManyReports] })
  report(
    @Caller() caller: Principal | undefined,
    @Param('code', { schema: CodeSchema }) code: string,
    @Body({ schema: ReportLinkSchema }) { reason }: ReportLink,
    @Ip() address: string,
  ): Promise<void> {
    return this.reportLink.execute(caller, address, code, reason);
  }
}
