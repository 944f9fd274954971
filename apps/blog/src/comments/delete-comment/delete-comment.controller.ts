import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Controller, Delete, Param } from '@nestjs/common';
import { CommentParamsSchema, type CommentParams } from '../comment.dto.ts';
import { CommentNotFound, NotYourComment } from '../comment.errors.ts';
import { DeleteCommentHandler } from './delete-comment.handler.ts';

@Controller('comments')
export class DeleteCommentController {
  constructor(private readonly deleteComment: DeleteCommentHandler) {}

  @Delete(':id')
  @SignedIn()
  @Answers({ errors: [CommentNotFound, NotYourComment] })
  delete(
    @Caller() caller: Principal,
    @Param({ schema: CommentParamsSchema }) { id }: CommentParams,
    @IfMatch() seen: SeenVersion,
  ): Promise<void> {
    return this.deleteComment.execute(caller, id, seen);
  }
}
