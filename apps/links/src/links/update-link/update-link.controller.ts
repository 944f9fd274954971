import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Overloaded } from '@cairn/resilience';
import { Body, Controller, Param, Patch } from '@nestjs/common';
import { CodeSchema, LinkSchema, type LinkView } from '../link.dto.ts';
import { LinkNotFound, NotYourLink } from '../link.errors.ts';
import { UpdateLinkSchema, type UpdateLink } from './update-link.dto.ts';
import { UpdateLinkHandler } from './update-link.handler.ts';

@Controller('links')
export class UpdateLinkController {
  constructor(private readonly updateLink: UpdateLinkHandler) {}

  @Patch(':code')
  @SignedIn()
  @Answers({ ok: LinkSchema, etag: true, errors: [LinkNotFound, NotYourLink, Overloaded] })
  update(
    @Caller() caller: Principal,
    @Param('code', { schema: CodeSchema }) code: string,
    @Body({ schema: UpdateLinkSchema }) change: UpdateLink,
    @IfMatch() seen: SeenVersion,
  ): Promise<LinkView> {
    return this.updateLink.execute(caller, code, change, seen);
  }
}
