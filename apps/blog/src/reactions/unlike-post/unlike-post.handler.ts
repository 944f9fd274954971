import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { VisiblePosts } from '../../posts/visible-posts.query.ts';
import type { LikeView } from '../like.dto.ts';
import { LikeRepository } from '../like.repository.ts';

@Injectable()
export class UnlikePostHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly posts: VisiblePosts,
    private readonly likes: LikeRepository,
  ) {}

  /** Also when there was no like. @throws PostNotFound, PostNotPublished */
  execute(caller: Principal, slug: string): Promise<LikeView> {
    return this.transactions.run(async (tx) => {
      const { id: postId } = await this.posts.holdPublished(tx, caller, slug);
      await this.likes.remove(tx, postId, caller.id);
      return { liked: false, likeCount: await this.likes.countOf(tx, postId) };
    });
  }
}
