import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../config.ts';
import { FEEDS_OPTIONS, type FeedsOptions } from './feeds.options.ts';
import { GetFeedController } from './get-feed/get-feed.controller.ts';
import { GetFeedQuery } from './get-feed/get-feed.query.ts';

@Module({})
export class FeedsModule {
  static with(config: Config): DynamicModule {
    const options: FeedsOptions = { title: config.BLOG_TITLE, publicUrl: config.PUBLIC_URL };
    return {
      module: FeedsModule,
      controllers: [GetFeedController],
      providers: [GetFeedQuery, { provide: FEEDS_OPTIONS, useValue: options }],
    };
  }
}
