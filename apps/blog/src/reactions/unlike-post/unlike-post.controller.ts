import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Delete, Param } from '@nestjs/common';
import { SlugSchema } from '../../posts/post.dto.ts';
import { PostNotFound, PostNotPublished } from '../../posts/post.errors.ts';
import { LikeSchema, type LikeView } from '../like.dto.ts';
import { UnlikePostHandler } from './unlike-post.handler.ts';

@Controller('posts')
export class UnlikePostController {
  constructor(private readonly unlikePost: UnlikePostHandler) {}

  @Delete(':slug/like')
  @SignedIn()
  @Answers({ ok: LikeSchema, errors: [PostNotFound, PostNotPublished] })
  unlike(@Caller() caller: Principal, @Param('slug', { schema: SlugSchema }) slug: string): Promise<LikeView> {
    return this.unlikePost.execute(caller, slug);
  }
}
