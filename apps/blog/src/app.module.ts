import { AuthModule } from '@cairn/auth';
import { DatabaseModule } from '@cairn/database';
import { subgraph } from '@cairn/service/graphql';
import { Module, type DynamicModule } from '@nestjs/common';
import { AuthorsModule } from './authors/authors.module.ts';
import { CommentsModule } from './comments/comments.module.ts';
import { ConfigSchema, type Config } from './config.ts';
import { database, migrate } from './database.ts';
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
        AuthModule.forRoot(config, { service: 'blog' }),
        subgraph(),
        AuthorsModule.with(config),
        PostsModule,
        TagsModule,
        CommentsModule,
        ReactionsModule,
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
