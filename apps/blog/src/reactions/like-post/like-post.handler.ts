import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { VisiblePosts } from '../../posts/visible-posts.query.ts';
import type { LikeView } from '../like.dto.ts';
import { LikeRepository } from '../like.repository.ts';

@Injectable()
export class LikePostHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly posts: VisiblePosts,
    private readonly likes: LikeRepository,
  ) {}

  /** Once, however often it is asked for. @throws PostNotFound, PostNotPublished */
  execute(caller: Principal, slug: string): Promise<LikeView> {
    return this.transactions.run(async (tx) => {
      const { id: postId } = await this.posts.holdPublished(tx, caller, slug);
      await this.likes.add(tx, postId, caller.id);
      return { liked: true, likeCount: await this.likes.countOf(tx, postId) };
    });
  }
}
