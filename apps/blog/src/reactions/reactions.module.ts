import { Module } from '@nestjs/common';
import { PostsModule } from '../posts/posts.module.ts';
import { GetLikeController } from './get-like/get-like.controller.ts';
import { GetLikeQuery } from './get-like/get-like.query.ts';
import { LikePostController } from './like-post/like-post.controller.ts';
import { LikePostHandler } from './like-post/like-post.handler.ts';
import { LikeRepository } from './like.repository.ts';
import { ReactionsResolver } from './reactions.resolver.ts';
import { UnlikePostController } from './unlike-post/unlike-post.controller.ts';
import { UnlikePostHandler } from './unlike-post/unlike-post.handler.ts';

@Module({
  imports: [PostsModule],
  controllers: [GetLikeController, LikePostController, UnlikePostController],
  providers: [LikeRepository, ReactionsResolver, GetLikeQuery, LikePostHandler, UnlikePostHandler],
  exports: [LikeRepository],
})
export class ReactionsModule {}
