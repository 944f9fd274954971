import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { Batches } from '@cairn/service/graphql';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { postPolicy } from '../posts/post.policy.ts';
import type { PostState } from '../posts/post-state.ts';
import type { CommentView } from './comment.dto.ts';
import { commentColumns } from './comment.sql.ts';

/** Comments by id for the graph: what a hundred references ask for is one statement. */
@Injectable()
export class KnownComments {
  private readonly batches = new Batches((ids: readonly string[], caller: Principal | undefined) =>
    this.load(ids, caller),
  );

  constructor(private readonly sql: Sql) {}

  /** Null also when its post is out of the caller's sight. */
  async find(request: object, caller: Principal | undefined, id: string): Promise<CommentView | null> {
    if (!z.uuid().safeParse(id).success) return null;
    return this.batches.find(request, caller, id.toLowerCase());
  }

  private async load(ids: readonly string[], caller: Principal | undefined): Promise<(CommentView | null)[]> {
    const columns = commentColumns(caller, [ids]);
    const rows = await this.sql.rows<KnownComment>(commentsById(columns), [ids, ...columns.values]);
    const comments = new Map(rows.map((comment) => [comment.id, comment]));
    return ids.map((id) => {
      const comment = comments.get(id);
      return comment && postPolicy.allows(caller, 'read', comment.on) ? comment : null;
    });
  }
}

type KnownComment = CommentView & { readonly on: { state: PostState; authorId: string } };

const commentsById = ({ text, variant }: ReturnType<typeof commentColumns>) => ({
  name: `comments-by-id ${variant}`,
  text: `SELECT ${text}, json_build_object('state', p.state, 'authorId', p.author_id) AS "on"
         FROM comments c JOIN posts p ON p.id = c.post_id WHERE c.id = ANY($1::uuid[])`,
});
