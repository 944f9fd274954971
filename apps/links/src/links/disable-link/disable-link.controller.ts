import { Caller, Roles, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { CodeSchema, LinkSchema, type LinkView } from '../link.dto.ts';
import { LinkNotFound } from '../link.errors.ts';
import { DisableLinkSchema, type DisableLink } from './disable-link.dto.ts';
import { DisableLinkHandler } from './disable-link.handler.ts';

@Controller('links')
export class DisableLinkController {
  constructor(private readonly disableLink: DisableLinkHandler) {}

  @Post(':code/disable')
  @Roles('moderator', 'admin')
  @Answers({ ok: LinkSchema, etag: true, errors: [LinkNotFound] })
  disable(
    @Caller() caller: Principal,
    @Param('code', { schema: CodeSchema }) code: string,
    @Body({ schema: DisableLinkSchema }) { reason }: DisableLink,
    @IfMatch() seen: SeenVersion,
  ): Promise<LinkView> {
    return this.disableLink.execute(caller, code, reason, seen);
  }
}
