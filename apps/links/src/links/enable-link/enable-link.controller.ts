import { Caller, Roles, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Controller, Param, Post } from '@nestjs/common';
import { CodeSchema, LinkSchema, type LinkView } from '../link.dto.ts';
import { LinkNotFound } from '../link.errors.ts';
import { EnableLinkHandler } from './enable-link.handler.ts';

@Controller('links')
export class EnableLinkController {
  constructor(private readonly enableLink: EnableLinkHandler) {}

  @Post(':code/enable')
  @Roles('moderator', 'admin')
  @Answers({ ok: LinkSchema, etag: true, errors: [LinkNotFound] })
  enable(
    @Caller() caller: Principal,
    @Param('code', { schema: CodeSchema }) code: string,
    @IfMatch() seen: SeenVersion,
  ): Promise<LinkView> {
    return this.enableLink.execute(caller, code, seen);
  }
}
