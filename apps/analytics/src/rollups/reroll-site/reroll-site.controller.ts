import { Roles } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Body, Controller, Post } from '@nestjs/common';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { RerollSchema, RerollingSchema, type Reroll, type Rerolling } from './reroll-site.dto.ts';
import { RerollSiteHandler } from './reroll-site.handler.ts';

@Controller('operations/analytics/rerolls')
export class RerollSiteController {
  constructor(private readonly rerollSite: RerollSiteHandler) {}

  @Post()
  @Roles('admin')
  @Answers({ ok: RerollingSchema, errors: [SiteNotFound] })
  reroll(@Body({ schema: RerollSchema }) body: Reroll): Promise<Rerolling> {
    return this.rerollSite.execute(body);
  }
}
