import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, type Page } from '@cairn/http';
import { Controller, Get, Query } from '@nestjs/common';
import type { LinkView } from '../link.dto.ts';
import { LinkPageSchema, ListLinksSchema, type ListLinks } from './list-links.dto.ts';
import { ListLinksQuery } from './list-links.query.ts';

@Controller('links')
export class ListLinksController {
  constructor(private readonly listLinks: ListLinksQuery) {}

  @Get()
  @SignedIn()
  @Answers({ ok: LinkPageSchema })
  list(@Caller() caller: Principal, @Query({ schema: ListLinksSchema }) query: ListLinks): Promise<Page<LinkView>> {
    return this.listLinks.execute(caller, query);
  }
}
