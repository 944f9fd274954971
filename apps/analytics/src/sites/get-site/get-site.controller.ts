import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Param } from '@nestjs/common';
import { SiteAccess } from '../site-access.query.ts';
import { SiteIdSchema, SiteSchema, type SiteView } from '../site.dto.ts';
import { SiteNotFound } from '../site.errors.ts';

@Controller('sites')
export class GetSiteController {
  constructor(private readonly access: SiteAccess) {}

  @Get(':id')
  @SignedIn()
  @Answers({ ok: SiteSchema, etag: true, errors: [SiteNotFound] })
  get(@Caller() caller: Principal, @Param('id', { schema: SiteIdSchema }) id: string): Promise<SiteView> {
    return this.access.readable(caller, id);
  }
}
