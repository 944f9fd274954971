import type { Principal } from '@cairn/auth';
import { commentAdded } from '@cairn/contracts/events';
import { Idempotency, Transactions } from '@cairn/database';
import { InvalidInput } from '@cairn/http';
import type { IdempotentRequest } from '@cairn/http/errors';
import { Outbox } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { VisiblePosts } from '../../posts/visible-posts.query.ts';
import type { CommentView } from '../comment.dto.ts';
import { CommentRepository } from '../comment.repository.ts';
import { Comment } from '../comment.ts';
import { CommentViews } from '../comment-views.query.ts';
import type { CreateComment } from './create-comment.dto.ts';

@Injectable()
export class CreateCommentHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly idempotency: Idempotency,
    private readonly posts: VisiblePosts,
    private readonly comments: CommentRepository,
    private readonly views: CommentViews,
    private readonly outbox: Outbox,
  ) {}

  /**
   * @throws PostNotFound, PostNotPublished, CommentStateConflict, ThreadTooDeep, IdempotencyKeyInFlight, IdempotencyKeyReused
   * @throws InvalidInput naming `parentId` when the post has no such comment
   */
  execute(
    author: Principal,
    slug: string,
    { body, parentId }: CreateComment,
    request?: IdempotentRequest,
  ): Promise<CommentView> {
    return this.transactions.run((tx) =>
      this.idempotency.once(tx, request, async () => {
        const post = await this.posts.holdPublished(tx, author, slug);
        const { id: postId } = post;
        const parent = parentId ? await this.comments.findInThread(tx, postId, parentId) : undefined;
        if (parent === null) throw new InvalidInput([{ path: 'parentId', message: 'The post has no such comment' }]);
        const comment = Comment.write(uuidv7(), { postId, authorId: author.id, body, parent }, new Date());
        await this.comments.insert(tx, comment);
        await this.outbox.publish(tx, commentAdded, {
          commentId: comment.id,
          postId,
          postSlug: post.slug,
          authorId: author.id,
          postAuthorId: post.authorId,
          parentCommentId: parent?.id ?? null,
          parentCommentAuthorId: parent?.authorId ?? null,
        });
        return this.views.of(tx, author, comment.id);
      }),
    );
  }
}
