import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../config.ts';
import { LimitsModule } from '../limits/limits.module.ts';
import { LinkCacheModule } from '../links/link-cache.module.ts';
import { Audiences } from './audiences.service.ts';
import { FollowLinkController } from './follow-link/follow-link.controller.ts';
import { LinkFollower } from './link-follower.service.ts';
import { RedirectFront } from './follow-link/redirect-front.service.ts';
import { CountVisitsOnVisitsRecorded } from './on-visits-recorded/on-visits-recorded.consumer.ts';
import { REDIRECTS_OPTIONS, type RedirectsOptions } from './redirects.options.ts';
import { UnlockLinkController } from './unlock-link/unlock-link.controller.ts';
import { UnlockLinkHandler } from './unlock-link/unlock-link.handler.ts';
import { VisitClaims } from './visit-claims.repository.ts';
import { VisitRecorder } from './visit-recorder.service.ts';

@Module({})
export class RedirectsModule {
  static with(config: Config): DynamicModule {
    const options: RedirectsOptions = {
      ownHosts: [new URL(config.PUBLIC_URL).host, ...config.OWN_HOSTS],
      trustedProxies: config.TRUSTED_PROXIES,
      now: Date.now,
    };
    return {
      module: RedirectsModule,
      imports: [LimitsModule, LinkCacheModule],
      controllers: [FollowLinkController, UnlockLinkController],
      providers: [
        { provide: REDIRECTS_OPTIONS, useValue: options },
        Audiences,
        VisitClaims,
        VisitRecorder,
        LinkFollower,
        UnlockLinkHandler,
        RedirectFront,
        CountVisitsOnVisitsRecorded,
      ],
    };
  }
}
