import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Param } from '@nestjs/common';
import { SlugSchema } from '../../posts/post.dto.ts';
import { PostNotFound } from '../../posts/post.errors.ts';
import { LikeSchema, type LikeView } from '../like.dto.ts';
import { GetLikeQuery } from './get-like.query.ts';

@Controller('posts')
export class GetLikeController {
  constructor(private readonly getLike: GetLikeQuery) {}

  @Get(':slug/like')
  @SignedIn()
  @Answers({ ok: LikeSchema, errors: [PostNotFound] })
  get(@Caller() caller: Principal, @Param('slug', { schema: SlugSchema }) slug: string): Promise<LikeView> {
    return this.getLike.execute(caller, slug);
  }
}
