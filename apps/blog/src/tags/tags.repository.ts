import type { Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';

/** What counts of a post: none of its tags while it is not published. */
export interface Tagged {
  readonly id: string;
  readonly state: string;
  readonly tags: readonly string[];
}

/** Keeps `tag_counts`: how many published posts carry each tag. */
@Injectable()
export class TagsRepository {
  /** Counts what is about to change. Call it under the lock of the post, before the post itself is written. */
  async recount(tx: Transaction, { id, state, tags }: Tagged): Promise<void> {
    await tx.query(MOVE_COUNTS, [id, state === 'published' ? tags : []]);
  }
}

/** The difference between the row as it stands and the tags to come; in the order of the tags, so that two posts do not deadlock. */
const MOVE_COUNTS = `
  INSERT INTO tag_counts (tag, posts)
  SELECT tag, sum(difference) FROM (
    SELECT unnest(tags) AS tag, -1 AS difference FROM posts WHERE id = $1 AND state = 'published'
    UNION ALL SELECT unnest($2::text[]), 1) AS moved
  GROUP BY tag HAVING sum(difference) <> 0 ORDER BY tag
  ON CONFLICT (tag) DO UPDATE SET posts = tag_counts.posts + excluded.posts`;
