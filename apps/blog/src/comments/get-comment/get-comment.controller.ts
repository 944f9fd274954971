import { Caller, Public, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Param } from '@nestjs/common';
import { CommentParamsSchema, CommentSchema, type CommentParams, type CommentView } from '../comment.dto.ts';
import { CommentNotFound } from '../comment.errors.ts';
import { GetCommentQuery } from './get-comment.query.ts';

@Controller('comments')
export class GetCommentController {
  constructor(private readonly getComment: GetCommentQuery) {}

  @Get(':id')
  @Public()
  @Answers({ ok: CommentSchema, etag: true, errors: [CommentNotFound] })
  get(
    @Caller() caller: Principal | undefined,
    @Param({ schema: CommentParamsSchema }) { id }: CommentParams,
  ): Promise<CommentView> {
    return this.getComment.execute(caller, id);
  }
}
