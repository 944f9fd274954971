import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Overloaded } from '@cairn/resilience';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { SiteIdSchema } from '../../sites/site.dto.ts';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { PathsQuerySchema, PathsSchema, type Paths, type PathsQuery } from '../report.dto.ts';
import { ReportTooLarge, TooManyReports } from '../report.errors.ts';
import { GetPathsQuery } from './get-paths.query.ts';

@Controller('sites/:id/reports')
export class GetPathsController {
  constructor(private readonly getPaths: GetPathsQuery) {}

  @Get('paths')
  @SignedIn()
  @Answers({ ok: PathsSchema, errors: [ReportTooLarge, SiteNotFound, TooManyReports, Overloaded] })
  get(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: PathsQuerySchema }) query: PathsQuery,
  ): Promise<Paths> {
    return this.getPaths.execute(caller, siteId, query);
  }
}
