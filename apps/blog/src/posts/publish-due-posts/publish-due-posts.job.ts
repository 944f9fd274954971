import { Transactions } from '@cairn/database';
import { Job } from '@cairn/service/job';
import { Injectable } from '@nestjs/common';
import { PostRepository } from '../post.repository.ts';

const BATCH = 50;

/** Publishes what is scheduled and due. Each instance takes other rows, so that every post is published once. */
@Job({ name: 'publish-due-posts', everyMs: 500 })
@Injectable()
export class PublishDuePostsJob {
  constructor(
    private readonly transactions: Transactions,
    private readonly posts: PostRepository,
  ) {}

  async run(now = new Date()): Promise<void> {
    while ((await this.publishBatch(now)) === BATCH);
  }

  private publishBatch(now: Date): Promise<number> {
    return this.transactions.run(async (tx) => {
      const due = await this.posts.lockDue(tx, now, BATCH);
      for (const post of due) {
        post.publish(now);
        await this.posts.save(tx, post);
      }
      return due.length;
    });
  }
}
