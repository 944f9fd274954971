import { Module, type DynamicModule } from '@nestjs/common';
import { SitesModule } from '../sites/sites.module.ts';
import { Audiences } from './audiences.service.ts';
import { CollectHitsController } from './collect-hits/collect-hits.controller.ts';
import { CollectHitsHandler } from './collect-hits/collect-hits.handler.ts';
import { DiscardRejectedRowController } from './discard-rejected-row/discard-rejected-row.controller.ts';
import { DiscardRejectedRowHandler } from './discard-rejected-row/discard-rejected-row.handler.ts';
import { ForgetKnownHitsJob } from './forget-known-hits/forget-known-hits.job.ts';
import { GetCollectScriptController } from './get-collect-script/get-collect-script.controller.ts';
import { HitStream } from './hit-stream.service.ts';
import { HitRepository } from './hit.repository.ts';
import { HITS_OPTIONS, type HitsOptions } from './hits.options.ts';
import { KeepHitPartitionsJob } from './keep-hit-partitions/keep-hit-partitions.job.ts';
import { ListRejectedRowsController } from './list-rejected-rows/list-rejected-rows.controller.ts';
import { ListRejectedRowsQuery } from './list-rejected-rows/list-rejected-rows.query.ts';
import { StoreHitOnCommentAdded } from './on-comment-added/on-comment-added.consumer.ts';
import { StoreHitsOnHitsReceived } from './on-hits-received/on-hits-received.consumer.ts';
import { StoreHitOnPostPublished } from './on-post-published/on-post-published.consumer.ts';
import { StoreHitsOnVisitsRecorded } from './on-visits-recorded/on-visits-recorded.consumer.ts';
import { RejectedRowRepository } from './rejected-row.repository.ts';
import { ReplayRejectedRowController } from './replay-rejected-row/replay-rejected-row.controller.ts';
import { ReplayRejectedRowHandler } from './replay-rejected-row/replay-rejected-row.handler.ts';

@Module({})
export class HitsModule {
  static with(config: { readonly RAW_DAYS: number }): DynamicModule {
    return {
      module: HitsModule,
      imports: [SitesModule],
      controllers: [
        CollectHitsController,
        GetCollectScriptController,
        ListRejectedRowsController,
        ReplayRejectedRowController,
        DiscardRejectedRowController,
      ],
      providers: [
        { provide: HITS_OPTIONS, useValue: { rawDays: config.RAW_DAYS } satisfies HitsOptions },
        Audiences,
        CollectHitsHandler,
        HitStream,
        HitRepository,
        RejectedRowRepository,
        StoreHitsOnHitsReceived,
        StoreHitsOnVisitsRecorded,
        StoreHitOnPostPublished,
        StoreHitOnCommentAdded,
        ListRejectedRowsQuery,
        ReplayRejectedRowHandler,
        DiscardRejectedRowHandler,
        KeepHitPartitionsJob,
        ForgetKnownHitsJob,
      ],
      exports: [HitRepository],
    };
  }
}
