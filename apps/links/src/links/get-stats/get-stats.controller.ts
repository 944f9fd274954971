import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Param } from '@nestjs/common';
import { CodeSchema } from '../link.dto.ts';
import { LinkNotFound } from '../link.errors.ts';
import { LinkStatsSchema, type LinkStats } from './get-stats.dto.ts';
import { GetStatsQuery } from './get-stats.query.ts';

@Controller('links')
export class GetStatsController {
  constructor(private readonly getStats: GetStatsQuery) {}

  @Get(':code/stats')
  @SignedIn()
  @Answers({ ok: LinkStatsSchema, etag: true, errors: [LinkNotFound] })
  get(@Caller() caller: Principal, @Param('code', { schema: CodeSchema }) code: string): Promise<LinkStats> {
    return this.getStats.execute(caller, code);
  }
}
