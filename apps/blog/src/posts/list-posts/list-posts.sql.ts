import type { Principal } from '@cairn/auth';
import type { Statement } from '@cairn/database';
import { postPolicy } from '../post.policy.ts';
import { POST_COLUMNS, POSTS } from '../post.sql.ts';
import { MARK_BEGIN, MARK_END, toSearchText } from '../search-text.ts';
import type { ListPosts } from './list-posts.dto.ts';

/** The sort key of the last post seen: its score or its date, and among equals its id. */
export type PageBegin = readonly [key: number | Date, id: string] | undefined;

/** A page of one author's posts, without further filters. */
export type PostsOfAuthor = Pick<ListPosts, 'limit' | 'cursor' | 'state'> & { authorId: string; begin: PageBegin };

/** When a post appeared or, before that, was created: the key of the indexes. */
const DATE = 'coalesce(p.published_at, p.created_at)';

/** The statement of one page, with the conditions that this request has: one that always holds would hide the index that fits. */
export function listPosts(caller: Principal | undefined, query: ListPosts, begin: PageBegin) {
  const { q, tag, authorId, state, publishedAfter, publishedBefore, limit } = query;
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const search = q === undefined ? undefined : searchOf(bind(toSearchText(q)), isPlainWords(q));
  const key = search && query.sort !== 'date' ? search.score : DATE;

  const conditions = [`p.state = ${bind(state)}`];
  if (authorId) conditions.push(`p.author_id = ${bind(authorId)}`);
  if (tag) conditions.push(`p.tags @> ARRAY[${bind(tag)}]`);
  if (publishedAfter || publishedBefore) conditions.push('p.published_at IS NOT NULL');
  if (publishedAfter) conditions.push(`${DATE} >= ${bind(publishedAfter)}`);
  if (publishedBefore) conditions.push(`${DATE} < ${bind(publishedBefore)}`);
  if (search) conditions.push(search.matches);
  if (begin) conditions.push(`(${key}, p.id) < (${bind(begin[0])}, ${bind(begin[1])}::uuid)`);
  const columns = { state: 'p.state', authorId: 'p.author_id' };
  const visible = postPolicy.where(caller, 'read', columns, values, { state });
  conditions.push(visible.text);
  values.push(...visible.values);

  const page = `WHERE ${conditions.join(' AND ')} ORDER BY ${key} DESC, p.id DESC LIMIT ${bind(limit + 1)}`;
  const text = search
    ? `SELECT ${POST_COLUMNS}, page.score, ${search.highlights}
       FROM (SELECT p.id, ${search.score} AS score, ${key} AS key
             FROM posts p JOIN post_search s ON s.post_id = p.id ${page}) AS page
       JOIN post_search s ON s.post_id = page.id JOIN ${POSTS} ON p.id = page.id
       ORDER BY page.key DESC, p.id DESC`
    : `SELECT ${POST_COLUMNS} FROM ${POSTS} ${page}`;
  const anyPlan = search || tag; // a rare word or tag wants another plan than a common one: planned for its own values
  const name = anyPlan ? {} : { name: 'list-posts' };
  return { statement: { ...name, text } satisfies Statement, values };
}

/** The pages of many authors in one statement: a lateral join reads each from `posts_by_author` to its own end. `place` counts from 1. */
export function listPostsOfAuthors(caller: Principal | undefined, asked: readonly PostsOfAuthor[]) {
  const column = (value: (each: PostsOfAuthor) => unknown) => asked.map(value);
  const values: unknown[] = [
    column(({ authorId }) => authorId),
    column(({ state }) => state),
    column(({ begin }) => begin?.[0] ?? 'infinity'),
    column(({ begin }) => begin?.[1] ?? LAST_ID),
    column(({ limit }) => limit + 1),
  ];
  const visible = postPolicy.where(caller, 'read', { state: 'p.state', authorId: 'p.author_id' }, values);
  const text = `SELECT page.* FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::integer[])
      WITH ORDINALITY AS asked (author_id, state, date, id, size, place)
    CROSS JOIN LATERAL (SELECT ${POST_COLUMNS}, asked.place::integer AS place FROM ${POSTS}
      WHERE p.author_id = asked.author_id AND p.state = asked.state AND (${DATE}, p.id) < (asked.date, asked.id)
        AND ${visible.text} ORDER BY ${DATE} DESC, p.id DESC LIMIT asked.size) AS page
    ORDER BY page.place, coalesce(page."publishedAt", page."createdAt") DESC, page.id DESC`;
  return { statement: { name: 'list-posts-of-authors', text }, values: [...values, ...visible.values] };
}

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Exact matches come first, ranked by where they stand: title, then excerpt and tags, then body. After them titles and tags that
 * are spelt alike. The score is an integer from 0 to 2,000,000, so that a cursor carries it exactly.
 */
function searchOf(words: string, mayBeMisspelt: boolean) {
  const query = `websearch_to_tsquery('post_text', ${words}::text)`;
  const exact = `s.document @@ ${query}`;
  const alike = mayBeMisspelt ? ` UNION SELECT posts_named_like(${words}::text)` : '';
  const headline = (column: string, options: string) =>
    `ts_headline('post_text', ${column}, ${query}, '${options}, StartSel="${MARK_BEGIN}", StopSel="${MARK_END}"')`;
  return {
    matches: `p.id IN (SELECT s.post_id FROM post_search s WHERE ${exact}${alike})`,
    score: `(1000000 * CASE WHEN ${exact} THEN 1 + ts_rank(s.document, ${query})
      ELSE word_similarity(fold(${words}::text), s.names) END)::integer`,
    // Made for the posts of one page only: it reads the whole text.
    highlights: `${headline('s.title', 'HighlightAll=true')} AS "markedTitle",
      ${headline(`concat_ws(' … ', nullif(s.excerpt, ''), s.body)`, 'MaxFragments=2, MaxWords=20, MinWords=8, FragmentDelimiter=" … "')}
      AS "markedText"`,
  };
}

/** What is quoted, excluded or joined by `or` is meant as it is written. */
const isPlainWords = (q: string) => !/"|(^|\s)-|\sor\s/i.test(q);
