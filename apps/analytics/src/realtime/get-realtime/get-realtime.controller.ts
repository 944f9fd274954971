import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Param } from '@nestjs/common';
import { SiteAccess } from '../../sites/site-access.query.ts';
import { SiteIdSchema } from '../../sites/site.dto.ts';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { RealtimeSchema, type Realtime } from '../realtime.dto.ts';
import { RealtimeQuery } from '../realtime.query.ts';

@Controller('sites/:id/realtime')
export class GetRealtimeController {
  constructor(
    private readonly access: SiteAccess,
    private readonly realtime: RealtimeQuery,
  ) {}

  /** The last five minutes. */
  @Get()
  @SignedIn()
  @Answers({ ok: RealtimeSchema, errors: [SiteNotFound] })
  async get(@Caller() caller: Principal, @Param('id', { schema: SiteIdSchema }) id: string): Promise<Realtime> {
    await this.access.readable(caller, id);
    return this.realtime.execute(id);
  }
}
