import { Module } from '@nestjs/common';
import { LinkCache } from './link-cache.service.ts';
import { ServedLinks } from './served-links.query.ts';

/** For whoever follows links and whoever changes them. */
@Module({ providers: [LinkCache, ServedLinks], exports: [LinkCache] })
export class LinkCacheModule {}
