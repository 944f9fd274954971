import { Caller, Roles, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { CommentParamsSchema, CommentSchema, type CommentParams, type CommentView } from '../comment.dto.ts';
import { CommentNotFound, CommentStateConflict } from '../comment.errors.ts';
import { HideCommentSchema, type HideComment } from './hide-comment.dto.ts';
import { HideCommentHandler } from './hide-comment.handler.ts';

@Controller('comments')
export class HideCommentController {
  constructor(private readonly hideComment: HideCommentHandler) {}

  @Post(':id/hide')
  @Roles('moderator', 'admin')
  @Answers({ ok: CommentSchema, etag: true, errors: [CommentNotFound, CommentStateConflict] })
  hide(
    @Caller() caller: Principal,
    @Param({ schema: CommentParamsSchema }) { id }: CommentParams,
    @Body({ schema: HideCommentSchema }) { reason }: HideComment,
    @IfMatch() seen: SeenVersion,
  ): Promise<CommentView> {
    return this.hideComment.execute(caller, id, reason, seen);
  }
}
