import { subgraph } from '@cairn/service/graphql';
import { Module } from '@nestjs/common';
import { RealtimeModule } from '../realtime/realtime.module.ts';
import { ReportsModule } from '../reports/reports.module.ts';
import { SitesModule } from '../sites/sites.module.ts';
import { KnownSites } from './known-sites.query.ts';
import { LinkClicks } from './link-clicks.query.ts';
import { LinkClicksResolver } from './link-clicks.resolver.ts';
import { SiteReportsResolver } from './site-reports.resolver.ts';
import { LinkNode } from './site.type.ts';
import { SitesResolver } from './sites.resolver.ts';

/** The same over GraphQL: sites, their reports as fields, and the clicks of links. */
@Module({
  imports: [subgraph(LinkNode), SitesModule, ReportsModule, RealtimeModule],
  providers: [KnownSites, LinkClicks, SitesResolver, SiteReportsResolver, LinkClicksResolver],
})
export class GraphModule {}
