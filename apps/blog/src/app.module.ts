import { AuthModule } from '@cairn/auth';
import { CachingModule } from '@cairn/caching';
import { commentAdded, postDeleted, postPublished, postUnpublished } from '@cairn/contracts/events';
import { DatabaseModule } from '@cairn/database';
import { MessagingModule } from '@cairn/messaging';
import { subgraph } from '@cairn/service/graphql';
import { Module, type DynamicModule } from '@nestjs/common';
import { AuthorsModule } from './authors/authors.module.ts';
import { CommentsModule } from './comments/comments.module.ts';
import { ConfigSchema, type Config } from './config.ts';
import { database, migrate } from './database.ts';
import { ErasuresModule } from './erasures/erasures.module.ts';
import { FeedsModule } from './feeds/feeds.module.ts';
import { PostsModule } from './posts/posts.module.ts';
import { ReactionsModule } from './reactions/reactions.module.ts';
import { TagsModule } from './tags/tags.module.ts';

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot(config, database),
        MessagingModule.forRoot(config, {
          service: 'blog',
          publishes: [postPublished, postUnpublished, postDeleted, commentAdded],
          hears: [postPublished, commentAdded],
        }),
        CachingModule.forRoot(config, { service: 'blog' }),
        AuthModule.forRoot(config, { service: 'blog' }),
        subgraph(),
        AuthorsModule.with(config),
        PostsModule,
        TagsModule,
        CommentsModule,
        ReactionsModule,
        ErasuresModule,
        FeedsModule.with(config),
      ],
    };
  }
}

export const blog = {
  name: 'blog',
  title: 'Cairn blog',
  config: ConfigSchema,
  module: AppModule,
  migrate,
  outsideApi: ['feeds/{*path}'],
};
