import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { PostCache } from '../posts/post-cache.service.ts';

/** One per user and post. Only the statement that makes or takes a like counts it, so that repetitions change nothing. */
@Injectable()
export class LikeRepository {
  constructor(private readonly cache: PostCache) {}

  async add(tx: Transaction, postId: string, userId: string): Promise<void> {
    const made = (await tx.query(ADD, [postId, userId])) as unknown[];
    await this.count(tx, postId, made.length);
  }

  async remove(tx: Transaction, postId: string, userId: string): Promise<void> {
    const [, taken] = (await tx.query(REMOVE, [postId, userId])) as [unknown[], number];
    await this.count(tx, postId, -taken);
  }

  /** Some hundreds of theirs. Answers whether there were any. */
  async removeSomeOf(tx: Transaction, userId: string): Promise<boolean> {
    const [taken] = (await tx.query(REMOVE_SOME, [userId])) as [{ postId: string }[], number];
    this.cache.changed(tx, taken.map(({ postId }) => postId)); // prettier-ignore
    return taken.length > 0;
  }

  async countOf(tx: Transaction, postId: string): Promise<number> {
    const [counts] = (await tx.query(COUNT, [postId])) as { likes: number }[];
    return counts!.likes;
  }

  private async count(tx: Transaction, postId: string, change: number): Promise<void> {
    if (change === 0) return;
    await tx.query('UPDATE post_counts SET likes = likes + $2 WHERE post_id = $1', [postId, change]);
    this.cache.changed(tx, [postId]);
  }
}

const ADD = 'INSERT INTO likes (post_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING post_id';
const REMOVE = 'DELETE FROM likes WHERE post_id = $1 AND user_id = $2';
/** The rows of the counts in one order, so that two of these do not wait for each other. */
const REMOVE_SOME = `
  WITH mine AS (
    SELECT post_id FROM post_counts WHERE post_id IN (SELECT post_id FROM likes WHERE user_id = $1 ORDER BY post_id LIMIT 500)
    ORDER BY post_id FOR UPDATE),
  taken AS (DELETE FROM likes USING mine WHERE likes.post_id = mine.post_id AND user_id = $1 RETURNING likes.post_id)
  UPDATE post_counts SET likes = likes - 1 FROM taken WHERE post_counts.post_id = taken.post_id
  RETURNING post_counts.post_id AS "postId"`;
const COUNT = 'SELECT likes FROM post_counts WHERE post_id = $1';
