import { Cache, type Cached } from '@cairn/caching';
import { afterCommit, type Transaction } from '@cairn/database';
import type { Page } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import type { ListedPost } from './list-posts/list-posts.dto.ts';
import type { PostView } from './post.dto.ts';

/** In milliseconds. What is changed is told at once: these are for a process that dies between its commit and that. */
const LIFETIME = { ttlMs: 30_000, staleMs: 30_000 };

/** What is read most, as the database has it: who may see it is for whoever reads it to say. What is not there is not remembered. */
@Injectable()
export class PostCache {
  /** By any slug that the post has or had. */
  readonly bySlug: Cached<PostView>;
  /** The first pages of what everybody may read, by their length. */
  readonly newest: Cached<Page<ListedPost>>;

  constructor(private readonly cache: Cache) {
    this.bySlug = cache.define({ name: 'post-v1', ...LIFETIME, tags: (post) => (post ? [`post:${post.id}`] : []) });
    this.newest = cache.define({ name: 'newest-posts-v1', ...LIFETIME, tags: () => ['posts'] });
  }

  /**
   * For whoever writes a post, its counts, its slugs or its end: after the commit nobody is shown what was there before. A new post too:
   * somebody may be finding out just now that there is none.
   */
  changed(tx: Transaction, postIds: readonly string[]): void {
    if (postIds.length === 0) return;
    afterCommit(tx, () => this.cache.invalidateTags(['posts', ...postIds.map((id) => `post:${id}`)]));
  }
}
