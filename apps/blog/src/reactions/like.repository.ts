import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';

/** One per user and post. Only the statement that makes or takes a like counts it, so that repetitions change nothing. */
@Injectable()
export class LikeRepository {
  async add(tx: Transaction, postId: string, userId: string): Promise<void> {
    const made = (await tx.query(ADD, [postId, userId])) as unknown[];
    await this.count(tx, postId, made.length);
  }

  async remove(tx: Transaction, postId: string, userId: string): Promise<void> {
    const [, taken] = (await tx.query(REMOVE, [postId, userId])) as [unknown[], number];
    await this.count(tx, postId, -taken);
  }

  async countOf(tx: Transaction, postId: string): Promise<number> {
    const [counts] = (await tx.query(COUNT, [postId])) as { likes: number }[];
    return counts!.likes;
  }

  private async count(tx: Transaction, postId: string, change: number): Promise<void> {
    if (change !== 0) await tx.query('UPDATE post_counts SET likes = likes + $2 WHERE post_id = $1', [postId, change]);
  }
}

const ADD = 'INSERT INTO likes (post_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING post_id';
const REMOVE = 'DELETE FROM likes WHERE post_id = $1 AND user_id = $2';
const COUNT = 'SELECT likes FROM post_counts WHERE post_id = $1';
