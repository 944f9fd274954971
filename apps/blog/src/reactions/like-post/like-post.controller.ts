import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Param, Put } from '@nestjs/common';
import { SlugSchema } from '../../posts/post.dto.ts';
import { PostNotFound, PostNotPublished } from '../../posts/post.errors.ts';
import { LikeSchema, type LikeView } from '../like.dto.ts';
import { LikePostHandler } from './like-post.handler.ts';

@Controller('posts')
export class LikePostController {
  constructor(private readonly likePost: LikePostHandler) {}

  @Put(':slug/like')
  @SignedIn()
  @Answers({ ok: LikeSchema, errors: [PostNotFound, PostNotPublished] })
  like(@Caller() caller: Principal, @Param('slug', { schema: SlugSchema }) slug: string): Promise<LikeView> {
    return this.likePost.execute(caller, slug);
  }
}
