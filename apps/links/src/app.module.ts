import { AuthModule } from '@cairn/auth';
import { CachingModule } from '@cairn/caching';
import { linkLimitReached, linkVisitsRecorded } from '@cairn/contracts/events';
import { DatabaseModule } from '@cairn/database';
import { MessagingModule } from '@cairn/messaging';
import { subgraph } from '@cairn/service/graphql';
import { VisitorsModule } from '@cairn/visitors';
import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigSchema, type Config } from './config.ts';
import { database, migrate } from './database.ts';
import { ErasuresModule } from './erasures/erasures.module.ts';
import { HostsModule } from './hosts/hosts.module.ts';
import { LinksModule } from './links/links.module.ts';
import { RedirectsModule } from './redirects/redirects.module.ts';
import { ReportsModule } from './reports/reports.module.ts';

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    const links = LinksModule.with(config);
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot(config, database, { isVital: false }), // redirects go on from memory
        MessagingModule.forRoot(config, { service: 'links', publishes: [linkLimitReached, linkVisitsRecorded] }),
        CachingModule.forRoot(config, { service: 'links' }),
        AuthModule.forRoot(config, { service: 'links', isVital: false }), // redirects need no token
        subgraph(),
        VisitorsModule.forRoot(config),
        links,
        RedirectsModule.with(config),
        HostsModule.with(links),
        ReportsModule,
        ErasuresModule.with(links),
      ],
    };
  }
}

export const links = {
  name: 'links',
  title: 'Cairn links',
  config: ConfigSchema,
  module: AppModule,
  migrate,
  outsideApi: ['s/{*path}'],
};
