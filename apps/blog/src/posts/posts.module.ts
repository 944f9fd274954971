import { Module } from '@nestjs/common';
import { CreatePostController } from './create-post/create-post.controller.ts';
import { CreatePostHandler } from './create-post/create-post.handler.ts';
import { GetPostController } from './get-post/get-post.controller.ts';
import { GetPostQuery } from './get-post/get-post.query.ts';
import { ListPostsController } from './list-posts/list-posts.controller.ts';
import { ListPostsQuery } from './list-posts/list-posts.query.ts';
import { PostRepository } from './post.repository.ts';
import { PostsResolver } from './posts.resolver.ts';
import { PublishPostController } from './publish-post/publish-post.controller.ts';
import { PublishPostHandler } from './publish-post/publish-post.handler.ts';
import { UpdatePostController } from './update-post/update-post.controller.ts';
import { UpdatePostHandler } from './update-post/update-post.handler.ts';

@Module({
  controllers: [
    CreatePostController,
    GetPostController,
    ListPostsController,
    UpdatePostController,
    PublishPostController,
  ],
  providers: [
    PostRepository,
    CreatePostHandler,
    GetPostQuery,
    ListPostsQuery,
    UpdatePostHandler,
    PublishPostHandler,
    PostsResolver,
  ],
})
export class PostsModule {}
