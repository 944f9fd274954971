import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Transactions } from '@cairn/database';
import type { DataSource } from 'typeorm';
import { openBlogDatabase, type BlogDatabase } from '../../test/blog-database.ts';
import { TagsRepository } from '../tags/tags.repository.ts';
import { aPost } from './post.factory.ts';
import { Post } from './post.ts';
import { PostRepository } from './post.repository.ts';

const posts = new PostRepository(new TagsRepository());
let blog: BlogDatabase;
let dataSource: DataSource;
let transactions: Transactions;

beforeAll(async () => {
  blog = await openBlogDatabase();
  dataSource = blog.dataSource;
  transactions = new Transactions(dataSource);
});
afterAll(() => blog.close());

const insert = (post: Post) => transactions.run((tx) => posts.insert(tx, post)).then(() => post);

test('a slug that is taken gets the first free number, also among forty at once', async () => {
  const made = await Promise.all(Array.from({ length: 40 }, () => insert(aPost({ title: 'Same' }))));
  const expected = ['same', ...Array.from({ length: 39 }, (_, n) => `same-${n + 2}`)];
  expect(made.map(({ slug }) => slug).sort()).toEqual(expected.sort());
});

test('an old slug stays with its post: nobody else gets it, the post gets it back', async () => {
  const post = await insert(aPost({ title: 'First name' }));
  const rename = (title: string) =>
    transactions.run(async (tx) => {
      post.edit({ title }, new Date());
      await posts.save(tx, post);
    });
  await rename('Second name');
  expect((await insert(aPost({ title: 'First name' }))).slug).toBe('first-name-2');
  await rename('First name');
  expect(post.slug).toBe('first-name');
});

test('what is due is published once by ten instances', async () => {
  const now = new Date();
  const due = await Promise.all(Array.from({ length: 30 }, () => insert(aPost({ title: 'Due' }))));
  await dataSource.query(`UPDATE posts SET state = 'scheduled', publish_at = $1 WHERE id = ANY($2)`, [
    now,
    due.map(({ id }) => id),
  ]);
  const taken = await Promise.all(
    Array.from({ length: 10 }, () =>
      transactions.run(async (tx) => {
        const locked = await posts.lockDue(tx, now, 50);
        for (const post of locked) {
          post.publish(now);
          await posts.save(tx, post);
        }
        return locked.map(({ id }) => id);
      }),
    ),
  );
  expect(taken.flat().sort()).toEqual(due.map(({ id }) => id).sort());
});

test('the entity and the migrations agree', async () => {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});
