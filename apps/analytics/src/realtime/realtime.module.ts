import { Module } from '@nestjs/common';
import { SitesModule } from '../sites/sites.module.ts';
import { GetRealtimeController } from './get-realtime/get-realtime.controller.ts';
import { RealtimeFeeds } from './realtime-feeds.service.ts';
import { RealtimeQuery } from './realtime.query.ts';
import { StreamRealtimeController } from './stream-realtime/stream-realtime.controller.ts';

@Module({
  imports: [SitesModule],
  controllers: [GetRealtimeController, StreamRealtimeController],
  providers: [RealtimeQuery, RealtimeFeeds],
  exports: [RealtimeQuery],
})
export class RealtimeModule {}
