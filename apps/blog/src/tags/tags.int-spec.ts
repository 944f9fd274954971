import { openDatabase, type OpenDatabase } from '@cairn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Transactions } from '@cairn/database';
import { aPost, aPostRepository } from '../posts/post.factory.ts';
import { LIST_TAGS } from './list-tags/list-tags.query.ts';
import { database as schema } from '../database.ts';

const posts = aPostRepository();
let blog: OpenDatabase;
let transactions: Transactions;

beforeAll(async () => {
  blog = await openDatabase(schema);
  transactions = new Transactions(blog.dataSource);
});
afterAll(() => blog.close());

const KEPT = 'SELECT tag, posts FROM tag_counts WHERE posts <> 0 ORDER BY tag';
const COUNTED = `SELECT tag, count(*)::int AS posts FROM posts, unnest(tags) AS tag WHERE state = 'published'
  GROUP BY tag ORDER BY tag`;

test('the counts stay equal to the posts through parallel publishing, editing and deleting', async () => {
  const now = new Date();
  const names = ['a', 'b', 'c', 'd'];
  await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      const post = aPost({ tags: names.filter((_tag, index) => (n >> index) & 1) });
      const save = () => transactions.run((tx) => posts.save(tx, post));
      await transactions.run((tx) => posts.insert(tx, post));
      if (n % 5 === 0) return;
      post.publish(now);
      await save();
      post.edit({ tags: names.slice(n % 4).reverse() }, now);
      await save();
      if (n % 3 === 0) post.unpublish(now);
      await save();
      if (n % 7 === 0) await transactions.run((tx) => posts.delete(tx, post));
    }),
  );
  const kept: unknown[] = await blog.dataSource.query(KEPT);
  expect(kept).toHaveLength(4);
  expect(kept).toEqual(await blog.dataSource.query(COUNTED));
});

test('a page of many tags is read from its index, in order', async () => {
  await blog.dataSource.query(
    `INSERT INTO tag_counts SELECT 'tag-' || n, n % 50 FROM generate_series(1, 5000) AS n; ANALYZE tag_counts`,
  );
  const plan = await blog.plan(LIST_TAGS.text, ['25', 'tag-100', 20]);
  expect(plan).toMatch(/Index (Only )?Scan using tag_counts_by_posts/);
  expect(plan).not.toContain('Sort');
});
