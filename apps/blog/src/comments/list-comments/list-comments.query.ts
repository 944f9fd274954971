import type { Principal } from '@cairn/auth';
import { Sql } from '@cairn/database';
import { decodeCursor, toConnection, toPage, type Connection, type Page } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { VisiblePosts } from '../../posts/visible-posts.query.ts';
import type { CommentView } from '../comment.dto.ts';
import { commentColumns } from '../comment.sql.ts';
import type { CommentsOfPost, ListComments } from './list-comments.dto.ts';

/** The post whose list it is a place in, and the sort key: the path, which is the ids from the top of the thread down. */
const cursorOf = (postId: string) => z.tuple([z.literal(postId), z.string().regex(/^[\da-f-]{36}(\/[\da-f-]{36})*$/)]);

type CommentRow = CommentView & { readonly path: string; readonly place?: number };

@Injectable()
export class ListCommentsQuery {
  constructor(
    private readonly sql: Sql,
    private readonly posts: VisiblePosts,
  ) {}

  /** In the order of the thread: below each comment its replies, the oldest first. @throws PostNotFound */
  async execute(caller: Principal | undefined, slug: string, query: ListComments): Promise<Page<CommentView>> {
    const postId = await this.posts.idOf(caller, slug);
    const values = [postId, pageBegin(postId, query), query.limit + 1];
    const columns = commentColumns(caller, values);
    const rows = await this.sql.rows<CommentRow>(listComments(columns), [...values, ...columns.values]);
    return toPage(rows, query.limit, keyOf);
  }

  /** For each of these, in their order, a page of a post that the caller has been shown: all of them in one statement. */
  async ofPosts(caller: Principal | undefined, asked: readonly CommentsOfPost[]): Promise<Connection<CommentView>[]> {
    const column = (value: (page: CommentsOfPost) => unknown) => asked.map(value);
    const values = [column(({ postId }) => postId), column(({ begin }) => begin), column(({ limit }) => limit + 1)];
    const columns = commentColumns(caller, values);
    const rows = await this.sql.rows<CommentRow>(listCommentsOfPosts(columns), [...values, ...columns.values]);
    const pages = Map.groupBy(rows, ({ place }) => place);
    return asked.map(({ limit, cursor }, index) => toConnection(pages.get(index + 1) ?? [], limit, keyOf, cursor));
  }
}

const keyOf = ({ postId, path }: CommentRow) => [postId, path];

/** The path after which its cursor says that the page begins. @throws InvalidInput naming `cursor` when it is none of this list */
export function pageBegin(postId: string, { cursor }: ListComments): string {
  const [, after = ''] = decodeCursor(cursor, cursorOf(postId)) ?? [];
  return after;
}

/** One statement per kind of caller: what the policy lets them read is the only part that differs. */
export const listComments = ({ text, variant }: ReturnType<typeof commentColumns>) => ({
  name: `list-comments ${variant}`,
  text: `SELECT ${text}, c.path FROM comments c WHERE c.post_id = $1 AND c.path > $2 ORDER BY c.path LIMIT $3`,
});

/** The pages of many posts: a lateral join reads each from the index of its thread to its own end. `place` counts from 1. */
export const listCommentsOfPosts = ({ text, variant }: ReturnType<typeof commentColumns>) => ({
  name: `list-comments-of-posts ${variant}`,
  text: `SELECT page.* FROM unnest($1::uuid[], $2::text[], $3::integer[]) WITH ORDINALITY AS asked (post_id, begin, size, place)
    CROSS JOIN LATERAL (SELECT ${text}, c.path, asked.place::integer AS place FROM comments c
      WHERE c.post_id = asked.post_id AND c.path > asked.begin ORDER BY c.path LIMIT asked.size) AS page
    ORDER BY page.place, page.path`,
});
