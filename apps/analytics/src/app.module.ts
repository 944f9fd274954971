import { AuthModule } from '@cairn/auth';
import { CachingModule } from '@cairn/caching';
import { hitsReceived } from '@cairn/contracts/events';
import { DatabaseModule } from '@cairn/database';
import { MessagingModule } from '@cairn/messaging';
import { VisitorsModule } from '@cairn/visitors';
import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigSchema, type Config } from './config.ts';
import { database, migrate } from './database.ts';
import { ExportsModule } from './exports/exports.module.ts';
import { GraphModule } from './graph/graph.module.ts';
import { HitsModule } from './hits/hits.module.ts';
import { PagesModule } from './pages/pages.module.ts';
import { RealtimeModule } from './realtime/realtime.module.ts';
import { ReportsModule } from './reports/reports.module.ts';
import { RollupsModule } from './rollups/rollups.module.ts';
import { SitesModule } from './sites/sites.module.ts';

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot(config, database, { isVital: false }), // hits are taken all the same
        MessagingModule.forRoot(config, { service: 'analytics', publishes: [hitsReceived] }),
        CachingModule.forRoot(config, { service: 'analytics' }),
        AuthModule.forRoot(config, { service: 'analytics', isVital: false }), // hits come without a token
        VisitorsModule.forRoot(config),
        SitesModule,
        HitsModule.with(config),
        RollupsModule.with(config),
        ReportsModule,
        RealtimeModule,
        ExportsModule,
        PagesModule,
        GraphModule,
      ],
    };
  }
}

export const analytics = {
  name: 'analytics',
  title: 'Cairn analytics',
  config: ConfigSchema,
  module: AppModule,
  migrate,
  outsideApi: ['collect.js', 'analytics/{*path}'],
};
