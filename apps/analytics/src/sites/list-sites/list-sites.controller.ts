import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, type Page } from '@cairn/http';
import { Controller, Get, Query } from '@nestjs/common';
import type { SiteView } from '../site.dto.ts';
import { ListSitesSchema, SitePageSchema, type ListSites } from './list-sites.dto.ts';
import { ListSitesQuery } from './list-sites.query.ts';

@Controller('sites')
export class ListSitesController {
  constructor(private readonly listSites: ListSitesQuery) {}

  /** Your own and those that you were invited to, the newest first. */
  @Get()
  @SignedIn()
  @Answers({ ok: SitePageSchema })
  list(@Caller() caller: Principal, @Query({ schema: ListSitesSchema }) query: ListSites): Promise<Page<SiteView>> {
    return this.listSites.execute(caller, query);
  }
}
