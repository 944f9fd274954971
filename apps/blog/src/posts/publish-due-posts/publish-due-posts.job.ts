import { Sql, Transactions } from '@cairn/database';
import { Outbox } from '@cairn/messaging';
import { Job, type JobProvider } from '@cairn/service/job';
import { Injectable, Logger } from '@nestjs/common';
import { announceState } from '../post.events.ts';
import { PostRepository } from '../post.repository.ts';

/** Publishes what is scheduled and due, each post in a transaction of its own, so that one that fails holds up no other. */
@Job({ name: 'publish-due-posts', everyMs: 500 })
@Injectable()
export class PublishDuePostsJob implements JobProvider {
  private readonly logger = new Logger(PublishDuePostsJob.name);
  /** Posts whose last attempt failed: one that fails for ever is told of once, not twice a second. */
  private failing = new Set<string>();

  constructor(
    private readonly sql: Sql,
    private readonly transactions: Transactions,
    private readonly posts: PostRepository,
    private readonly outbox: Outbox,
  ) {}

  async run(stopping?: AbortSignal): Promise<void> {
    const failed = new Set<string>();
    for (const { id } of await this.sql.rows<{ id: string }>(DUE, [])) {
      if (stopping?.aborted) return;
      await this.publish(id).catch((error: unknown) => {
        failed.add(id);
        if (!this.failing.has(id)) this.logger.error(error, `The post ${id} could not be published; it is tried again`);
      });
    }
    this.failing = failed;
  }

  /** Only if no other instance has it in hand, or has published it in the meantime. */
  private publish(id: string): Promise<void> {
    return this.transactions.run(async (tx) => {
      const due = await this.posts.lockDue(tx, id);
      if (!due) return;
      due.post.publish(due.now);
      await this.posts.save(tx, due.post);
      await announceState(this.outbox, tx, 'scheduled', due.post);
    });
  }
}

const DUE = {
  name: 'due-posts',
  text: `SELECT id FROM posts WHERE state = 'scheduled' AND publish_at <= clock_timestamp() ORDER BY publish_at LIMIT 1000`,
};
