import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import type { SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import type { CommentView } from '../comment.dto.ts';
import { CommentRepository } from '../comment.repository.ts';
import { CommentViews } from '../comment-views.query.ts';

@Injectable()
export class UnhideCommentHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly comments: CommentRepository,
    private readonly views: CommentViews,
  ) {}

  /** @throws CommentNotFound, NotYourComment, Stale, CommentStateConflict */
  execute(caller: Principal, id: string, seen: SeenVersion): Promise<CommentView> {
    return this.transactions.run(async (tx) => {
      const comment = await this.comments.lockForChange(tx, caller, 'moderate', id, seen);
      await this.comments.change(tx, comment, () => comment.unhide(new Date()));
      return this.views.of(tx, caller, id);
    });
  }
}
