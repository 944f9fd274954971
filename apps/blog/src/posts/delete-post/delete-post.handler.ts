import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import type { SeenVersion } from '@cairn/http';
import { Outbox } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { announceDeletion } from '../post.events.ts';
import { PostRepository } from '../post.repository.ts';

@Injectable()
export class DeletePostHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly posts: PostRepository,
    private readonly outbox: Outbox,
  ) {}

  /** With its slugs, comments and likes. @throws PostNotFound, NotYourPost, Stale */
  execute(caller: Principal, slug: string, seen: SeenVersion): Promise<void> {
    return this.transactions.run(async (tx) => {
      const post = await this.posts.lockForChange(tx, caller, slug, seen);
      await this.posts.delete(tx, post);
      await announceDeletion(this.outbox, tx, post);
    });
  }
}
