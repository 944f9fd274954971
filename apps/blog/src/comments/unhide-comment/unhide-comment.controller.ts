import { Caller, Roles, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Controller, Param, Post } from '@nestjs/common';
import { CommentParamsSchema, CommentSchema, type CommentParams, type CommentView } from '../comment.dto.ts';
import { CommentNotFound, CommentStateConflict } from '../comment.errors.ts';
import { UnhideCommentHandler } from './unhide-comment.handler.ts';

@Controller('comments')
export class UnhideCommentController {
  constructor(private readonly unhideComment: UnhideCommentHandler) {}

  @Post(':id/unhide')
  @Roles('moderator', 'admin')
  @Answers({ ok: CommentSchema, etag: true, errors: [CommentNotFound, CommentStateConflict] })
  unhide(
    @Caller() caller: Principal,
    @Param({ schema: CommentParamsSchema }) { id }: CommentParams,
    @IfMatch() seen: SeenVersion,
  ): Promise<CommentView> {
    return this.unhideComment.execute(caller, id, seen);
  }
}
