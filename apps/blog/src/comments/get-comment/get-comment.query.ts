import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { postPolicy } from '../../posts/post.policy.ts';
import type { PostState } from '../../posts/post-state.ts';
import type { CommentView } from '../comment.dto.ts';
import { CommentNotFound } from '../comment.errors.ts';
import { commentColumns } from '../comment.sql.ts';

@Injectable()
export class GetCommentQuery {
  constructor(private readonly sql: Sql) {}

  /** @throws CommentNotFound also when its post is out of the caller's sight */
  async execute(caller: Principal | undefined, id: string): Promise<CommentView> {
    const columns = commentColumns(caller, [id]);
    const [found] = await this.sql.rows<FoundComment>(getComment(columns), [id, ...columns.values]);
    if (!found || !postPolicy.allows(caller, 'read', found.post)) throw new CommentNotFound();
    return found;
  }
}

type FoundComment = CommentView & { readonly post: { state: PostState; authorId: string } };

const getComment = ({ text, variant }: ReturnType<typeof commentColumns>) => ({
  name: `get-comment ${variant}`,
  text: `SELECT ${text}, json_build_object('state', p.state, 'authorId', p.author_id) AS post
         FROM comments c JOIN posts p ON p.id = c.post_id WHERE c.id = $1`,
});
