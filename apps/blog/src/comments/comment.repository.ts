import type { Principal } from '@cairn/auth';
import type { Transaction } from '@cairn/database';
import { checkVersion, type SeenVersion } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { Not } from 'typeorm';
import { PostCache } from '../posts/post-cache.service.ts';
import { VisiblePosts } from '../posts/visible-posts.query.ts';
import { CommentNotFound, NotYourComment } from './comment.errors.ts';
import { commentPolicy, type CommentAction } from './comment.policy.ts';
import { Comment } from './comment.ts';

/** Every write holds the post, which one transaction does at a time: who holds it sees all of its thread, and nobody else changes any of it. */
@Injectable()
export class CommentRepository {
  constructor(
    private readonly posts: VisiblePosts,
    private readonly cache: PostCache,
  ) {}

  /** On a post that the transaction holds. */
  findInThread(tx: Transaction, postId: string, id: string): Promise<Comment | null> {
    return tx.findOneBy(Comment, { id, postId });
  }

  /**
   * The comment, its post held until the transaction ends, if this caller may do this with it.
   * @throws CommentNotFound also when it is deleted already or its post is out of the caller's sight
   * @throws NotYourComment, Stale
   */
  async lockForChange(
    tx: Transaction,
    caller: Principal,
    action: CommentAction,
    id: string,
    seen: SeenVersion,
  ): Promise<Comment> {
    const place = await tx.findOneBy(Comment, { id });
    if (!place || !(await this.posts.hold(tx, caller, { id: place.postId }))) throw new CommentNotFound();
    const comment = await this.findInThread(tx, place.postId, id);
    if (!comment || comment.state === 'deleted') throw new CommentNotFound();
    if (!commentPolicy.allows(caller, action, comment)) throw new NotYourComment();
    checkVersion(seen, comment.version);
    return comment;
  }

  /** A comment of theirs that is not deleted, its post held. */
  async lockNextOf(tx: Transaction, authorId: string): Promise<Comment | undefined> {
    for (;;) {
      const place = await tx.findOne(Comment, {
        select: { id: true, postId: true },
        where: { authorId, state: Not('deleted') },
      });
      if (!place) return undefined;
      await tx.query('SELECT FROM posts WHERE id = $1 FOR NO KEY UPDATE', [place.postId]);
      const comment = await this.findInThread(tx, place.postId, place.id);
      if (comment && comment.state !== 'deleted') return comment; // else somebody else has had it meanwhile
    }
  }

  async insert(tx: Transaction, comment: Comment): Promise<void> {
    await tx.insert(Comment, comment);
    await this.count(tx, comment.postId, counted(comment));
  }

  /** Does `change` to a locked comment, keeps the result and, beside the post, the number of its visible comments. */
  async change(tx: Transaction, comment: Comment, change: () => void): Promise<void> {
    const before = counted(comment);
    change();
    await tx.update(Comment, comment.id, comment);
    await this.count(tx, comment.postId, counted(comment) - before);
  }

  /** Takes away a deleted comment that has no replies, and then those above it that only stood for its sake. */
  async prune(tx: Transaction, comment: Comment): Promise<void> {
    for (let id: string | null = comment.id; id;) {
      const [removed] = (await tx.query(REMOVE_LEAF, [id])) as [{ parentId: string | null }[], number];
      id = removed[0]?.parentId ?? null;
    }
  }

  private async count(tx: Transaction, postId: string, change: number): Promise<void> {
    if (change === 0) return;
    await tx.query('UPDATE post_counts SET comments = comments + $2 WHERE post_id = $1', [postId, change]);
    this.cache.changed(tx, [postId]);
  }
}

const counted = ({ state }: Comment) => (state === 'visible' ? 1 : 0);

const REMOVE_LEAF = `DELETE FROM comments c WHERE c.id = $1 AND c.state = 'deleted'
  AND NOT EXISTS (SELECT FROM comments reply WHERE reply.parent_id = c.id) RETURNING c.parent_id AS "parentId"`;
