import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase } from '@cairn/testing';
import { DataSource } from 'typeorm';
import { CreateUsers1763600000000 } from '../migrations/1763600000000-create-users.migration.ts';
import { UserEntity } from './user.entity.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource({
    type: 'postgres',
    url: database.ownerUrl,
    entities: [UserEntity],
    migrations: [CreateUsers1763600000000],
    migrationsRun: true,
  }).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

test('the entity and the migrations agree', async () => {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});
