import { Module } from '@nestjs/common';
import { PageFiles } from './page-files.service.ts';
import { ShowSitePageController } from './show-site-page/show-site-page.controller.ts';

@Module({ controllers: [ShowSitePageController], providers: [PageFiles] })
export class PagesModule {}
