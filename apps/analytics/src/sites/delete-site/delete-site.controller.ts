import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Controller, Delete, Param } from '@nestjs/common';
import { SiteIdSchema } from '../site.dto.ts';
import { NotYourSite, SiteMadeByItself, SiteNotFound } from '../site.errors.ts';
import { DeleteSiteHandler } from './delete-site.handler.ts';

@Controller('sites')
export class DeleteSiteController {
  constructor(private readonly deleteSite: DeleteSiteHandler) {}

  /** Nobody sees it any more; its data is erased in the minutes that follow. */
  @Delete(':id')
  @SignedIn()
  @Answers({ errors: [SiteNotFound, NotYourSite, SiteMadeByItself] })
  delete(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) id: string,
    @IfMatch() seen: SeenVersion,
  ): Promise<void> {
    return this.deleteSite.execute(caller, id, seen);
  }
}
