import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import type { SeenVersion } from '@cairn/http';
import { Outbox } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import type { PostView } from '../post.dto.ts';
import { announceState } from '../post.events.ts';
import { PostRepository } from '../post.repository.ts';
import { PostViews } from '../post-views.query.ts';

@Injectable()
export class UnpublishPostHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly posts: PostRepository,
    private readonly views: PostViews,
    private readonly outbox: Outbox,
  ) {}

  /** Takes a published post out of sight, or a scheduled one back to draft. @throws PostNotFound, NotYourPost, Stale, PostStateConflict */
  execute(caller: Principal, slug: string, seen: SeenVersion): Promise<PostView> {
    return this.transactions.run(async (tx) => {
      const post = await this.posts.lockForChange(tx, caller, slug, seen);
      const { state } = post;
      post.unpublish(new Date());
      await this.posts.save(tx, post);
      await announceState(this.outbox, tx, state, post);
      return this.views.of(tx, post.id);
    });
  }
}
