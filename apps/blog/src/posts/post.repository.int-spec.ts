import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Transactions } from '@cairn/database';
import { createTestDatabase } from '@cairn/testing';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { CreatePosts1763600000000 } from '../migrations/1763600000000-create-posts.migration.ts';
import { PostEntity } from './post.entity.ts';
import { Post } from './post.ts';
import { PostRepository } from './post.repository.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource({
    type: 'postgres',
    url: database.ownerUrl,
    entities: [PostEntity],
    migrations: [CreatePosts1763600000000],
    migrationsRun: true,
  }).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

test('a slug that is taken gets the first free number', async () => {
  const posts = new PostRepository();
  const slugs = await new Transactions(dataSource).run(async (tx) => {
    const made = [1, 2, 3].map(() =>
      Post.draft(uuidv7(), uuidv7(), { title: 'Same', body: 'Body', excerpt: null }, new Date()),
    );
    for (const post of made) await posts.insert(tx, post);
    return made.map((post) => post.slug);
  });
  expect(slugs).toEqual(['same', 'same-2', 'same-3']);
});

test('the entity and the migrations agree', async () => {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});
