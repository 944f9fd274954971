import type { Principal } from '@cairn/auth';
import { Sql, type Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { PostNotFound, PostNotPublished } from './post.errors.ts';
import { postPolicy } from './post.policy.ts';
import type { PostState } from './post-state.ts';

/** For what hangs on a post: is it there, as far as this caller may know? */
@Injectable()
export class VisiblePosts {
  constructor(private readonly sql: Sql) {}

  /** By any slug that the post has or had. @throws PostNotFound also when the caller may not see it */
  async idOf(caller: Principal | undefined, slug: string): Promise<string> {
    const [post] = await this.sql.rows<FoundPost>(BY_SLUG, [slug]);
    if (!post || !postPolicy.allows(caller, 'read', post)) throw new PostNotFound();
    return post.id;
  }

  /**
   * Keeps the post from being edited, archived or deleted until the transaction ends. Undefined when the caller may not see it, too.
   * One holds it at a time: new sharers would pass a writer who waits, and a post that is liked all the time could not be taken down.
   */
  async hold(
    tx: Transaction,
    caller: Principal,
    by: { id: string } | { slug: string },
  ): Promise<FoundPost | undefined> {
    const [statement, key] = 'id' in by ? [BY_ID, by.id] : [BY_SLUG.text, by.slug];
    const [post] = (await tx.query(`${statement} FOR NO KEY UPDATE`, [key])) as FoundPost[];
    return post && postPolicy.allows(caller, 'read', post) ? post : undefined;
  }

  /** The same for what only a published post takes: a comment, a like. @throws PostNotFound, PostNotPublished */
  async holdPublished(tx: Transaction, caller: Principal, slug: string): Promise<FoundPost> {
    const post = await this.hold(tx, caller, { slug });
    if (!post) throw new PostNotFound();
    if (post.state !== 'published') throw new PostNotPublished();
    return post;
  }
}

export interface FoundPost {
  readonly id: string;
  readonly slug: string;
  readonly state: PostState;
  readonly authorId: string;
}

const SELECT_POST = 'SELECT id, slug, state, author_id AS "authorId" FROM posts';
const BY_ID = `${SELECT_POST} WHERE id = $1`;
const BY_SLUG = {
  name: 'visible-post-by-slug',
  text: `${SELECT_POST} WHERE id = (SELECT post_id FROM post_slugs WHERE slug = $1)`,
};
