import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { VisiblePosts } from '../../posts/visible-posts.query.ts';
import type { LikeView } from '../like.dto.ts';

@Injectable()
export class GetLikeQuery {
  constructor(
    private readonly sql: Sql,
    private readonly posts: VisiblePosts,
  ) {}

  /** @throws PostNotFound */
  async execute(caller: Principal, slug: string): Promise<LikeView> {
    const [like] = await this.sql.rows<LikeView>(GET_LIKE, [await this.posts.idOf(caller, slug), caller.id]);
    return like ?? { liked: false, likeCount: 0 }; // none: the post has been deleted in between
  }
}

const GET_LIKE = {
  name: 'get-like',
  text: `SELECT c.likes AS "likeCount", EXISTS (SELECT FROM likes WHERE post_id = $1 AND user_id = $2) AS liked
         FROM post_counts c WHERE c.post_id = $1`,
};
