import { Sql, type Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import type { PostView } from './post.dto.ts';
import { POST_COLUMNS, POSTS } from './post.sql.ts';

const SELECT_POST = `SELECT ${POST_COLUMNS}, p.body, p.body_html AS "bodyHtml" FROM ${POSTS}`;
const BY_ID = `${SELECT_POST} WHERE p.id = $1`;
const BY_SLUG = {
  name: 'post-by-slug',
  text: `${SELECT_POST} WHERE p.id = (SELECT post_id FROM post_slugs WHERE slug = $1)`,
};
const BY_IDS = { name: 'posts-by-id', text: `${SELECT_POST} WHERE p.id = ANY($1::uuid[])` };

@Injectable()
export class PostViews {
  constructor(private readonly sql: Sql) {}

  /** By any slug that the post has or had. */
  async bySlug(slug: string): Promise<PostView | undefined> {
    const [post] = await this.sql.rows<PostView>(BY_SLUG, [slug]);
    return post;
  }

  byIds(ids: readonly string[]): Promise<PostView[]> {
    return this.sql.rows<PostView>(BY_IDS, [ids]);
  }

  /** As the transaction has left it, for the answer to a write. */
  async of(tx: Transaction, postId: string): Promise<PostView> {
    const [post] = (await tx.query(BY_ID, [postId])) as PostView[];
    return post!;
  }
}
