import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import type { SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import type { PostView } from '../post.dto.ts';
import { PostRepository } from '../post.repository.ts';
import { PostRevisionRepository } from '../post-revision.repository.ts';
import { PostViews } from '../post-views.query.ts';

@Injectable()
export class RestoreRevisionHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly posts: PostRepository,
    private readonly revisions: PostRevisionRepository,
    private readonly views: PostViews,
  ) {}

  /** An edit like any other: it makes a new revision. @throws PostNotFound, NotYourPost, PreconditionRequired, Stale, RevisionNotFound */
  execute(caller: Principal, slug: string, version: number, seen: SeenVersion): Promise<PostView> {
    return this.transactions.run(async (tx) => {
      const post = await this.posts.lockForChange(tx, caller, slug, seen);
      const content = await this.revisions.find(tx, post.id, version);
      if (post.edit(content, new Date())) await this.posts.saveContent(tx, post, caller.id);
      return this.views.of(tx, post.id);
    });
  }
}
