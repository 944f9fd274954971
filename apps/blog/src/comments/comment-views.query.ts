import type { Principal } from '@cairn/auth';
import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import type { CommentView } from './comment.dto.ts';
import { commentColumns } from './comment.sql.ts';

@Injectable()
export class CommentViews {
  /** As the transaction has left it, for the answer to a write. */
  async of(tx: Transaction, caller: Principal, commentId: string): Promise<CommentView> {
    const columns = commentColumns(caller, [commentId]);
    const text = `SELECT ${columns.text} FROM comments c WHERE c.id = $1`;
    const [comment] = (await tx.query(text, [commentId, ...columns.values])) as CommentView[];
    return comment!;
  }
}
