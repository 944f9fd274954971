import { openDatabase, type OpenDatabase } from '@cairn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { commentColumns } from '../comment.sql.ts';
import { listComments, listCommentsOfPosts } from './list-comments.query.ts';
import { database as schema } from '../../database.ts';

let blog: OpenDatabase;
beforeAll(async () => void (blog = await openDatabase(schema)));
afterAll(() => blog.close());

test('a page is read from the index of the thread, however far down it is', async () => {
  await blog.dataSource.query(`
    INSERT INTO posts (id, author_id, slug, title, body, body_html, summary, reading_minutes, state, published_at, version, created_at, updated_at)
    SELECT uuidv7(), uuidv7(), n, n, n, n, n, 1, 'published', now(), 1, now(), now() FROM generate_series(1, 20) n`);
  await blog.dataSource.query(`
    INSERT INTO comments (id, post_id, author_id, path, depth, body, body_html, state, version, created_at, updated_at)
    SELECT made.id, posts.id, made.id, made.id, 1, 'b', 'b', 'visible', 1, now(), now()
    FROM posts, LATERAL (SELECT posts.id AS post_id, uuidv7() AS id FROM generate_series(1, 300)) made`);
  await blog.dataSource.query('ANALYZE comments');
  const [middle] = await blog.dataSource.query('SELECT post_id, path FROM comments ORDER BY path OFFSET 3000 LIMIT 1');
  const values = [middle.post_id, middle.path, 21];
  const columns = commentColumns(undefined, values);
  const plan = await blog.plan(listComments(columns).text, [...values, ...columns.values]);
  expect(plan).toMatch('Index Scan using comments_in_thread');
  expect(plan).toMatch(/Index Cond: .*post_id = .* AND \(path > /);
  expect(plan).not.toMatch('Sort');

  const posts: { post_id: string }[] = await blog.dataSource.query('SELECT DISTINCT post_id FROM comments');
  const many = [posts.map(({ post_id }) => post_id), posts.map(() => ''), posts.map(() => 6)];
  const pages = await blog.plan(listCommentsOfPosts(commentColumns(undefined, many)).text, [
    ...many,
    ...commentColumns(undefined, many).values,
  ]);
  expect(pages).toMatch(/Index Scan using comments_in_thread[^]*Index Cond: .*post_id = .* AND \(path > /);
  expect(pages).not.toContain('Seq Scan');
  expect(pages.match(/Sort Key/g)).toHaveLength(1); // of what the pages hold together
});
