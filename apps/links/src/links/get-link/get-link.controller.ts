import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Param } from '@nestjs/common';
import { CodeSchema, LinkSchema, type LinkView } from '../link.dto.ts';
import { LinkNotFound } from '../link.errors.ts';
import { GetLinkQuery } from './get-link.query.ts';

@Controller('links')
export class GetLinkController {
  constructor(private readonly getLink: GetLinkQuery) {}

  @Get(':code')
  @SignedIn()
  @Answers({ ok: LinkSchema, etag: true, errors: [LinkNotFound] })
  get(@Caller() caller: Principal, @Param('code', { schema: CodeSchema }) code: string): Promise<LinkView> {
    return this.getLink.execute(caller, code);
  }
}
