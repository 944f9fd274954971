import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import type { FeedPost } from '../feed-document.ts';

@Injectable()
export class GetFeedQuery {
  constructor(private readonly sql: Sql) {}

  /** The newest twenty that everybody may read. */
  execute(): Promise<FeedPost[]> {
    return this.sql.rows<FeedPost>(LATEST_POSTS, []);
  }
}

const LATEST_POSTS = {
  name: 'latest-posts',
  text: `SELECT id, slug, title, coalesce(excerpt, summary) AS excerpt, body_html AS "bodyHtml",
           published_at AS "publishedAt", updated_at AS "updatedAt"
         FROM posts WHERE state = 'published' ORDER BY coalesce(published_at, created_at) DESC, id DESC LIMIT 20`,
};
