import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IdempotencyKey, type IdempotentRequest } from '@cairn/http';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { SlugSchema } from '../../posts/post.dto.ts';
import { PostNotFound, PostNotPublished } from '../../posts/post.errors.ts';
import { CommentSchema, type CommentView } from '../comment.dto.ts';
import { CommentStateConflict, ThreadTooDeep } from '../comment.errors.ts';
import { CreateCommentSchema, type CreateComment } from './create-comment.dto.ts';
import { CreateCommentHandler } from './create-comment.handler.ts';

@Controller('posts')
export class CreateCommentController {
  constructor(private readonly createComment: CreateCommentHandler) {}

  @Post(':slug/comments')
  @SignedIn()
  @Answers({
    created: CommentSchema,
    location: ({ id }) => `/api/v1/comments/${id}`,
    etag: true,
    errors: [PostNotFound, PostNotPublished, CommentStateConflict, ThreadTooDeep],
  })
  create(
    @Caller() caller: Principal,
    @Param('slug', { schema: SlugSchema }) slug: string,
    @Body({ schema: CreateCommentSchema }) content: CreateComment,
    @IdempotencyKey() request: IdempotentRequest | undefined,
  ): Promise<CommentView> {
    return this.createComment.execute(caller, slug, content, request);
  }
}
