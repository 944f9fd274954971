import { openDatabase, type OpenDatabase } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Sql, Transactions } from '@cairn/database';
import { anOutbox } from '@cairn/messaging/testing';
import type { DataSource } from 'typeorm';
import { aPost, aPostRepository } from './post.factory.ts';
import { Post } from './post.ts';
import { PublishDuePostsJob } from './publish-due-posts/publish-due-posts.job.ts';
import { database as schema } from '../database.ts';

const posts = aPostRepository();
let blog: OpenDatabase;
let dataSource: DataSource;
let transactions: Transactions;

beforeAll(async () => {
  blog = await openDatabase(schema);
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

test('a post waits for nobody who wants the slug that it has', async () => {
  const post = await insert(aPost({ title: 'Mine' }));
  await transactions.run(async (other) => {
    await other.query(`SELECT 1 FROM post_slugs WHERE slug = 'mine' FOR UPDATE`);
    post.publish(new Date());
    await transactions.run((tx) => posts.save(tx, post)); // would wait for ever if it claimed the slug again
  });
});

describe('what is due', () => {
  const schedule = async (count: number, at: Date) => {
    const due = await Promise.all(Array.from({ length: count }, () => insert(aPost({ title: 'Due' }))));
    const ids = due.map(({ id }) => id);
    await dataSource.query(`UPDATE posts SET state = 'scheduled', publish_at = $1 WHERE id = ANY($2)`, [at, ids]);
    return ids;
  };
  const versions = async (ids: string[]) =>
    (await dataSource.query('SELECT state, version FROM posts WHERE id = ANY($1)', [ids])) as object[];

  test('is published once by ten instances, however much there is', async () => {
    const now = new Date();
    const ids = await schedule(120, now);
    await Promise.all(
      Array.from({ length: 10 }, () =>
        new PublishDuePostsJob(new Sql(dataSource), transactions, posts, anOutbox()).run(),
      ),
    );
    expect(await versions(ids)).toEqual(ids.map(() => ({ state: 'published', version: 2 })));
  });

  test('is published although another instance sits on one of them', async () => {
    const now = new Date();
    const [locked, ...others] = await schedule(3, now);
    await transactions.run(async (holder) => {
      await holder.query('SELECT 1 FROM posts WHERE id = $1 FOR UPDATE', [locked]);
      await new PublishDuePostsJob(new Sql(dataSource), transactions, posts, anOutbox()).run();
      expect(await versions(others)).toEqual(others.map(() => ({ state: 'published', version: 2 })));
    });
  });
});

test('the entity and the migrations agree', async () => {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});
