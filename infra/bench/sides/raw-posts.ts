import fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { listening } from './listening.ts';

/*
 * What somebody writes who wants the rows and nothing else: no caller, no policy, no validation, no log. The author, whose name is not in
 * this database, is part of the answers all the same, so that they have the size of ours.
 */

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL!, max: 20 });
const author = JSON.parse(process.env.AUTHOR!) as object;

const COLUMNS = `p.id, p.slug, p.title, coalesce(p.excerpt, p.summary) AS excerpt, p.cover_image_url AS "coverImageUrl", p.tags,
  p.state, p.author_id AS "authorId", p.reading_minutes AS "readingMinutes", p.publish_at AS "publishAt",
  p.published_at AS "publishedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt", p.version`;

/** One row of one table by its key. */
const post = {
  name: 'post',
  text: `SELECT ${COLUMNS}, 0 AS "commentCount", 0 AS "likeCount", p.body, p.body_html AS "bodyHtml" FROM posts p WHERE p.id = $1`,
};

/** The statement of blog's list, word by word. */
const list = {
  name: 'list',
  text: `SELECT ${COLUMNS}, c.comments AS "commentCount", c.likes AS "likeCount"
    FROM posts p JOIN post_counts c ON c.post_id = p.id WHERE p.state = $1
    ORDER BY coalesce(p.published_at, p.created_at) DESC, p.id DESC LIMIT $2`,
};

const app = fastify();
app.get<{ Params: { id: string } }>('/posts/:id', async ({ params }) => {
  const { rows } = await pool.query({ ...post, values: [params.id] });
  return { ...rows[0], author };
});
app.get<{ Querystring: { limit: string } }>('/posts', async ({ query }) => {
  const limit = Number(query.limit);
  const { rows } = await pool.query({ ...list, values: ['published', limit + 1] });
  const items = rows.slice(0, limit).map((row: object) => ({ ...row, author, highlight: null }));
  return { items, nextCursor: rows.length > limit ? process.env.CURSOR : null };
});
await app.listen({ port: 0, host: '127.0.0.1' });
listening((app.server.address() as AddressInfo).port);
