import { Transactions } from '@cairn/database';
import { Outbox } from '@cairn/messaging';
import { Job, type JobProvider } from '@cairn/service/job';
import { Injectable, Logger } from '@nestjs/common';
import { CommentRepository } from '../../comments/comment.repository.ts';
import { announceDeletion } from '../../posts/post.events.ts';
import { PostRepository } from '../../posts/post.repository.ts';
import { LikeRepository } from '../../reactions/like.repository.ts';
import { ErasureRepository, type Erasure } from '../erasure.repository.ts';

/**
 * Erases what deleted users have left: each comment and each unpublished post in a transaction of its own, likes some hundreds at a time,
 * so that nobody waits for it and a crash costs one step. Several instances may do it at once. What is published stays, under a
 * deleted user.
 */
@Job({ name: 'erase-users', everyMs: 250 })
@Injectable()
export class EraseUsersJob implements JobProvider {
  private readonly logger = new Logger(EraseUsersJob.name);

  constructor(
    private readonly transactions: Transactions,
    private readonly erasures: ErasureRepository,
    private readonly comments: CommentRepository,
    private readonly likes: LikeRepository,
    private readonly posts: PostRepository,
    private readonly outbox: Outbox,
  ) {}

  async run(stopping?: AbortSignal): Promise<void> {
    for (const erasure of await this.erasures.due()) {
      if (stopping?.aborted) return;
      await this.erase(erasure, stopping).catch((error: unknown) => {
        this.logger.error(
          error,
          `What the deleted user ${erasure.userId} has left is not erased yet; it is tried again`,
        );
      });
    }
  }

  private async erase(erasure: Erasure, stopping?: AbortSignal): Promise<void> {
    const { userId } = erasure;
    for (const step of [this.eraseComment, this.eraseLikes, this.erasePost])
      while (await step.call(this, userId)) if (stopping?.aborted) return;
    await this.transactions.run((tx) => this.erasures.passed(tx, erasure));
  }

  /** As if its author had deleted it: what was said goes, the place stays while there are replies. */
  private eraseComment(userId: string): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const comment = await this.comments.lockNextOf(tx, userId);
      if (!comment) return false;
      await this.comments.change(tx, comment, () => comment.delete(new Date()));
      await this.comments.prune(tx, comment);
      return true;
    });
  }

  private eraseLikes(userId: string): Promise<boolean> {
    return this.transactions.run((tx) => this.likes.removeSomeOf(tx, userId));
  }

  private erasePost(userId: string): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const post = await this.posts.lockUnpublishedOf(tx, userId);
      if (!post) return false;
      await this.posts.delete(tx, post);
      await announceDeletion(this.outbox, tx, post);
      return true;
    });
  }
}
