import { Roles } from '@cairn/auth';
import { Answers, type Page } from '@cairn/http';
import { Controller, Get, Query } from '@nestjs/common';
import { DisabledHostPageSchema, ListHostsSchema, type DisabledHost, type ListHosts } from '../host.dto.ts';
import { ListHostsQuery } from './list-hosts.query.ts';

@Controller('link-hosts')
export class ListHostsController {
  constructor(private readonly listHosts: ListHostsQuery) {}

  @Get()
  @Roles('moderator', 'admin')
  @Answers({ ok: DisabledHostPageSchema })
  list(@Query({ schema: ListHostsSchema }) query: ListHosts): Promise<Page<DisabledHost>> {
    return this.listHosts.execute(query);
  }
}
