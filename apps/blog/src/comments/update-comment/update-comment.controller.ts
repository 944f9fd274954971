import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Body, Controller, Param, Patch } from '@nestjs/common';
import { CommentParamsSchema, CommentSchema, type CommentParams, type CommentView } from '../comment.dto.ts';
import { CommentNotFound, NotYourComment } from '../comment.errors.ts';
import { UpdateCommentSchema, type UpdateComment } from './update-comment.dto.ts';
import { UpdateCommentHandler } from './update-comment.handler.ts';

@Controller('comments')
export class UpdateCommentController {
  constructor(private readonly updateComment: UpdateCommentHandler) {}

  @Patch(':id')
  @SignedIn()
  @Answers({ ok: CommentSchema, etag: true, errors: [CommentNotFound, NotYourComment] })
  update(
    @Caller() caller: Principal,
    @Param({ schema: CommentParamsSchema }) { id }: CommentParams,
    @Body({ schema: UpdateCommentSchema }) change: UpdateComment,
    @IfMatch() seen: SeenVersion,
  ): Promise<CommentView> {
    return this.updateComment.execute(caller, id, change, seen);
  }
}
