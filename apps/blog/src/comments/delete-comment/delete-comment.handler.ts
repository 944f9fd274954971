import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import type { SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { CommentRepository } from '../comment.repository.ts';

@Injectable()
export class DeleteCommentHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly comments: CommentRepository,
  ) {}

  /** What was said goes; the place stays while there are replies. @throws CommentNotFound, NotYourComment, Stale */
  execute(caller: Principal, id: string, seen: SeenVersion): Promise<void> {
    return this.transactions.run(async (tx) => {
      const comment = await this.comments.lockForChange(tx, caller, 'delete', id, seen);
      await this.comments.change(tx, comment, () => comment.delete(new Date()));
      await this.comments.prune(tx, comment);
    });
  }
}
