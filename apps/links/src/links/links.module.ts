import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../config.ts';
import { LimitsModule } from '../limits/limits.module.ts';
import { AnonymousLinksGuard } from './create-link/anonymous-links.guard.ts';
import { CreateLinkController } from './create-link/create-link.controller.ts';
import { CreateLinkHandler } from './create-link/create-link.handler.ts';
import { DeleteLinkController } from './delete-link/delete-link.controller.ts';
import { DeleteLinkHandler } from './delete-link/delete-link.handler.ts';
import { CreateLinksController } from './create-links/create-links.controller.ts';
import { CreateLinksHandler } from './create-links/create-links.handler.ts';
import { DisableLinkController } from './disable-link/disable-link.controller.ts';
import { DisableLinkHandler } from './disable-link/disable-link.handler.ts';
import { EnableLinkController } from './enable-link/enable-link.controller.ts';
import { EnableLinkHandler } from './enable-link/enable-link.handler.ts';
import { FreeCodesJob } from './free-codes/free-codes.job.ts';
import { GetQrCodeController } from './get-qr-code/get-qr-code.controller.ts';
import { GetQrCodeQuery } from './get-qr-code/get-qr-code.query.ts';
import { GetStatsController } from './get-stats/get-stats.controller.ts';
import { GetStatsQuery } from './get-stats/get-stats.query.ts';
import { GetLinkController } from './get-link/get-link.controller.ts';
import { GetLinkQuery } from './get-link/get-link.query.ts';
import { LinkCacheModule } from './link-cache.module.ts';
import { LinkRepository } from './link.repository.ts';
import { LinkTargets } from './link-targets.service.ts';
import { LinkViews } from './link-views.query.ts';
import { KnownLinks } from './known-links.query.ts';
import { LinksResolver } from './links.resolver.ts';
import { LINKS_OPTIONS, linksOptions } from './links.options.ts';
import { ListLinksController } from './list-links/list-links.controller.ts';
import { ListLinksQuery } from './list-links/list-links.query.ts';
import { NewLinks } from './new-links.service.ts';
import { PreviewTargetController } from './preview-target/preview-target.controller.ts';
import { PreviewTargetHandler } from './preview-target/preview-target.handler.ts';
import { PublicWebClient, publicWebDefaults } from './preview-target/public-web.client.ts';
import { UpdateLinkController } from './update-link/update-link.controller.ts';
import { UpdateLinkHandler } from './update-link/update-link.handler.ts';
import { UserLinksResolver } from './user-links.resolver.ts';

@Module({})
export class LinksModule {
  static with(config: Config): DynamicModule {
    const options = linksOptions(config);
    const { ownHosts, blockedHosts } = options;
    return {
      module: LinksModule,
      imports: [LimitsModule, LinkCacheModule],
      controllers: [
        ListLinksController,
        CreateLinkController,
        GetLinkController,
        UpdateLinkController,
        DeleteLinkController,
        CreateLinksController,
        GetStatsController,
        GetQrCodeController,
        DisableLinkController,
        EnableLinkController,
        PreviewTargetController,
      ],
      providers: [
        { provide: LINKS_OPTIONS, useValue: options },
        LinkRepository,
        LinkViews,
        LinkTargets,
        NewLinks,
        AnonymousLinksGuard,
        ListLinksQuery,
        KnownLinks,
        LinksResolver,
        UserLinksResolver,
        CreateLinkHandler,
        GetLinkQuery,
        UpdateLinkHandler,
        DeleteLinkHandler,
        CreateLinksHandler,
        GetStatsQuery,
        GetQrCodeQuery,
        DisableLinkHandler,
        EnableLinkHandler,
        PreviewTargetHandler,
        { provide: PublicWebClient, useValue: new PublicWebClient({ ...publicWebDefaults, ownHosts, blockedHosts }) },
        FreeCodesJob,
      ],
      exports: [LinkRepository, LinkCacheModule],
    };
  }
}
