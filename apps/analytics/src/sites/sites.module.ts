import { Module } from '@nestjs/common';
import { CreateSiteController } from './create-site/create-site.controller.ts';
import { CreateSiteHandler } from './create-site/create-site.handler.ts';
import { DeleteSiteController } from './delete-site/delete-site.controller.ts';
import { DeleteSiteHandler } from './delete-site/delete-site.handler.ts';
import { DeletedUserRepository } from './deleted-user.repository.ts';
import { EraseSitesJob } from './erase-sites/erase-sites.job.ts';
import { GetSiteController } from './get-site/get-site.controller.ts';
import { InviteReaderController } from './invite-reader/invite-reader.controller.ts';
import { InviteReaderHandler } from './invite-reader/invite-reader.handler.ts';
import { ListReadersController } from './list-readers/list-readers.controller.ts';
import { ListReadersQuery } from './list-readers/list-readers.query.ts';
import { ListSitesController } from './list-sites/list-sites.controller.ts';
import { ListSitesQuery } from './list-sites/list-sites.query.ts';
import { EraseSitesOnUserDeleted } from './on-user-deleted/on-user-deleted.consumer.ts';
import { OwnSites } from './own-sites.repository.ts';
import { ReaderRepository } from './reader.repository.ts';
import { RemoveReaderController } from './remove-reader/remove-reader.controller.ts';
import { RemoveReaderHandler } from './remove-reader/remove-reader.handler.ts';
import { SiteAccess } from './site-access.query.ts';
import { SiteErasureRepository } from './site-erasure.repository.ts';
import { SiteRepository } from './site.repository.ts';
import { TimeZones } from './time-zones.query.ts';
import { TrackedSites } from './tracked-sites.service.ts';
import { UpdateSiteController } from './update-site/update-site.controller.ts';
import { UpdateSiteHandler } from './update-site/update-site.handler.ts';

@Module({
  controllers: [
    CreateSiteController,
    ListSitesController,
    GetSiteController,
    UpdateSiteController,
    DeleteSiteController,
    ListReadersController,
    InviteReaderController,
    RemoveReaderController,
  ],
  providers: [
    ListReadersQuery,
    SiteRepository,
    SiteAccess,
    TrackedSites,
    TimeZones,
    ReaderRepository,
    CreateSiteHandler,
    ListSitesQuery,
    UpdateSiteHandler,
    DeleteSiteHandler,
    InviteReaderHandler,
    RemoveReaderHandler,
    OwnSites,
    DeletedUserRepository,
    SiteErasureRepository,
    EraseSitesOnUserDeleted,
    EraseSitesJob,
  ],
  exports: [SiteAccess, TrackedSites, OwnSites, ListSitesQuery],
})
export class SitesModule {}
