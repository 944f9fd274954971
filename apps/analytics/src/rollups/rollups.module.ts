import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../config.ts';
import { FollowTimeZonesJob } from './follow-time-zones/follow-time-zones.job.ts';
import { ForgetVisitorsJob } from './forget-visitors/forget-visitors.job.ts';
import { RerollSiteController } from './reroll-site/reroll-site.controller.ts';
import { RerollSiteHandler } from './reroll-site/reroll-site.handler.ts';
import { RollUpHitsJob } from './roll-up-hits/roll-up-hits.job.ts';
import { RollupRepository } from './rollup.repository.ts';
import { ROLLUPS_OPTIONS, type RollupsOptions } from './rollups.options.ts';

@Module({})
export class RollupsModule {
  static with({ RAW_DAYS }: Config): DynamicModule {
    return {
      module: RollupsModule,
      controllers: [RerollSiteController],
      providers: [
        { provide: ROLLUPS_OPTIONS, useValue: { rawDays: RAW_DAYS } satisfies RollupsOptions },
        RollupRepository,
        RollUpHitsJob,
        FollowTimeZonesJob,
        ForgetVisitorsJob,
        RerollSiteHandler,
      ],
    };
  }
}
