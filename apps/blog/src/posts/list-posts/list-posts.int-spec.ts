import { openDatabase, type OpenDatabase } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Sql } from '@cairn/database';
import { aPostCache } from '../post.factory.ts';
import { ListPostsSchema } from './list-posts.dto.ts';
import { ListPostsQuery } from './list-posts.query.ts';
import { listPosts, listPostsOfAuthors } from './list-posts.sql.ts';
import { database as schema } from '../../database.ts';

const AUTHOR = '00000000-0000-4000-8000-000000000007';
let blog: OpenDatabase;

/** Twenty thousand posts of a hundred authors: a rare tag and word, a common tag and word, every tenth a draft. */
beforeAll(async () => {
  blog = await openDatabase(schema);
  await blog.dataSource.query(`
    INSERT INTO posts (id, author_id, slug, title, body, body_html, summary, reading_minutes, state, published_at, version,
      created_at, updated_at, tags)
    SELECT gen_random_uuid(), ('00000000-0000-4000-8000-' || lpad((n % 100)::text, 12, '0'))::uuid, 'post-' || n,
      CASE WHEN n % 5000 = 1 THEN 'Kubernetes in Zürich ' ELSE 'About ' || md5(n::text) || ' ' END || n, 'B', 'B', 'B', 1,
      CASE WHEN n % 10 = 0 THEN 'draft' ELSE 'published' END, CASE WHEN n % 10 > 0 THEN t END, 1, t, t,
      CASE WHEN n % 5000 = 1 THEN ARRAY['rare', 'common'] ELSE ARRAY['common'] END
    FROM generate_series(1, 20000) AS n, LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 minute' AS t);
    INSERT INTO post_counts (post_id) SELECT id FROM posts;
    INSERT INTO post_search (post_id, title, excerpt, tags, body)
    SELECT id, title, '', array_to_string(tags, ' '), CASE WHEN title LIKE '%99' THEN 'A lighthouse ' ELSE 'Text ' END || slug FROM posts;
    ANALYZE`);
}, 60_000);
afterAll(() => blog.close());

const caller = { id: AUTHOR, sessionId: AUTHOR, roles: [] };
const planOf = (query: object) => {
  const { statement, values } = listPosts(caller, ListPostsSchema.parse({ limit: '5', ...query }), undefined);
  return blog.plan(statement.text, values);
};
const find = async (query: object) =>
  (await new ListPostsQuery(new Sql(blog.dataSource), aPostCache()).execute(undefined, ListPostsSchema.parse(query)))
    .items;

describe('each list is read from its index', () => {
  test.each([
    ['all', {}, 'posts_by_state'],
    ['of an author', { authorId: AUTHOR }, 'posts_by_author'],
    ['own drafts', { state: 'draft' }, 'posts_by_author'],
    ['with a rare tag', { tag: 'rare' }, 'posts_by_tag'],
    ['with a common tag', { tag: 'common' }, 'posts_by_state'],
    ['of a day', { publishedAfter: '2026-01-05T00:00:00Z', publishedBefore: '2026-01-06T00:00:00Z' }, 'posts_by_state'],
    ['with a rare word', { q: 'lighthouse kubernetes' }, 'post_search_document'],
  ])('%s', async (_what, query, index) => {
    const plan = await planOf(query);
    expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan');
  });

  test('the pages of twenty authors, each from its own place', async () => {
    const authorIds = Array.from({ length: 20 }, (_, n) => `${AUTHOR.slice(0, -2)}${String(n).padStart(2, '0')}`);
    const asked = authorIds.map((authorId) => ({ authorId, state: 'published' as const, limit: 5, begin: undefined }));
    const { statement, values } = listPostsOfAuthors(caller, asked);
    const plan = await blog.plan(statement.text, values);
    expect(plan).toMatch(/Index Scan using posts_by_author.*\n.*Index Cond: .*author_id.*state.*ROW/);
    expect(plan).not.toContain('Seq Scan');
    // One sort, of what the pages hold together.
    expect(plan.match(/Sort Key/g)).toHaveLength(1);
  });

  test('a misspelt title is found by its trigrams', async () => {
    const scans = async () => {
      await blog.dataSource.query('SELECT pg_stat_force_next_flush()');
      const [{ idx_scan }] = await blog.dataSource.query(
        `SELECT idx_scan::int FROM pg_stat_user_indexes WHERE indexrelname = 'post_search_names'`,
      );
      return idx_scan as number;
    };
    const plan = await blog.plan(`SELECT post_id FROM post_search WHERE names %> fold('kubernets')`, []);
    expect(plan).toContain('post_search_names');
    const before = await scans();
    expect(await find({ q: 'kubernets zurihc' })).toHaveLength(4);
    expect(await scans()).toBeGreaterThan(before);
  });
});

test('snippets are made for the posts of the page, not for all that match', async () => {
  const query = ListPostsSchema.parse({ q: 'lighthouse', limit: '3' });
  const { statement, values } = listPosts(undefined, query, undefined);
  const lines: Record<string, string>[] = await blog.dataSource.query(`EXPLAIN (VERBOSE) ${statement.text}`, values);
  const plan = lines.map((line) => line['QUERY PLAN']);
  const limit = plan.findIndex((line) => line!.includes('->  Limit'));
  expect(plan.slice(0, limit).join()).toContain('ts_headline');
  expect(plan.slice(limit).filter((line) => line!.includes('Output:')).length).toBeGreaterThan(1);
  expect(plan.findLastIndex((line) => line!.includes('ts_headline'))).toBeLessThan(limit);
});
