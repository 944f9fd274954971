import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../config.ts';
import { PUBLIC_URL } from './feeds.options.ts';
import { GetFeedController } from './get-feed/get-feed.controller.ts';
import { GetFeedQuery } from './get-feed/get-feed.query.ts';

@Module({})
export class FeedsModule {
  static with(config: Config): DynamicModule {
    return {
      module: FeedsModule,
      controllers: [GetFeedController],
      providers: [GetFeedQuery, { provide: PUBLIC_URL, useValue: config.PUBLIC_URL }],
    };
  }
}
