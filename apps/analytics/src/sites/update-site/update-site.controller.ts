import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Body, Controller, Param, Patch } from '@nestjs/common';
import { SiteIdSchema, SiteSchema, type SiteView } from '../site.dto.ts';
import { NotYourSite, SiteMadeByItself, SiteNotFound } from '../site.errors.ts';
import { UpdateSiteSchema, type UpdateSite } from './update-site.dto.ts';
import { UpdateSiteHandler } from './update-site.handler.ts';

@Controller('sites')
export class UpdateSiteController {
  constructor(private readonly updateSite: UpdateSiteHandler) {}

  @Patch(':id')
  @SignedIn()
  @Answers({ ok: SiteSchema, etag: true, errors: [SiteNotFound, NotYourSite, SiteMadeByItself] })
  update(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) id: string,
    @Body({ schema: UpdateSiteSchema }) change: UpdateSite,
    @IfMatch() seen: SeenVersion,
  ): Promise<SiteView> {
    return this.updateSite.execute(caller, id, change, seen);
  }
}
