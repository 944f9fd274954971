import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { decodeCursor, toPage, type Page } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { VisiblePosts } from '../../posts/visible-posts.query.ts';
import type { CommentView } from '../comment.dto.ts';
import { commentColumns } from '../comment.sql.ts';
import type { ListComments } from './list-comments.dto.ts';

/** The post whose list it is a place in, and the sort key: the path, which is the ids from the top of the thread down. */
const cursorOf = (postId: string) => z.tuple([z.literal(postId), z.string().regex(/^[\da-f-]{36}(\/[\da-f-]{36})*$/)]);

type CommentRow = CommentView & { readonly path: string };

@Injectable()
export class ListCommentsQuery {
  constructor(
    private readonly sql: Sql,
    private readonly posts: VisiblePosts,
  ) {}

  /** In the order of the thread: below each comment its replies, the oldest first. @throws PostNotFound */
  async execute(caller: Principal | undefined, slug: string, query: ListComments): Promise<Page<CommentView>> {
    return this.ofPost(caller, await this.posts.idOf(caller, slug), query);
  }

  /** Of a post that the caller has been shown already. */
  async ofPost(
    caller: Principal | undefined,
    postId: string,
    { cursor, limit }: ListComments,
  ): Promise<Page<CommentView>> {
    const [, after = ''] = decodeCursor(cursor, cursorOf(postId)) ?? [];
    const values = [postId, after, limit + 1];
    const columns = commentColumns(caller, values);
    const rows = await this.sql.rows<CommentRow>(listComments(columns), [...values, ...columns.values]);
    return toPage(rows, limit, ({ path }) => [postId, path]);
  }
}

/** One statement per kind of caller: what the policy lets them read is the only part that differs. */
export const listComments = ({ text, variant }: ReturnType<typeof commentColumns>) => ({
  name: `list-comments ${variant}`,
  text: `SELECT ${text}, c.path FROM comments c WHERE c.post_id = $1 AND c.path > $2 ORDER BY c.path LIMIT $3`,
});
