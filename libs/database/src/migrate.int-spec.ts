import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createTestDatabase, eventually } from '@cairn/testing';
import { randomUUID } from 'node:crypto';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { migrate } from './migrate.command.ts';
import { assertNewEnough } from './server-version.ts';

class CreateThings1763600000001 implements MigrationInterface {
  up = (runner: QueryRunner) => runner.query('CREATE TABLE things (id int); INSERT INTO things VALUES (1)');
  down = (runner: QueryRunner) => runner.query('DROP TABLE things');
}
class AddSize1763600000002 implements MigrationInterface {
  up = (runner: QueryRunner) => runner.query('ALTER TABLE things ADD COLUMN size int');
  down = (runner: QueryRunner) => runner.query('ALTER TABLE things DROP COLUMN size');
}
class IndexThings1763600000003 implements MigrationInterface {
  readonly transaction = false;
  async up(runner: QueryRunner) {
    await runner.query('SET lock_timeout = 0');
    await runner.query('DROP INDEX IF EXISTS things_by_id');
    await runner.query('CREATE INDEX CONCURRENTLY things_by_id ON things (id)');
    await runner.query('RESET lock_timeout');
  }
  down = (runner: QueryRunner) => runner.query('DROP INDEX things_by_id');
}
class AddColour1763600000004 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query('ALTER TABLE things ADD COLUMN colour text');
    await runner.query('SELECT 1/0');
  }
  down = async () => undefined;
}

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let owner: DataSource;
/** As patient as requests are. */
const open = (url: string) => new DataSource({ type: 'postgres', url, extra: { lock_timeout: 1_000 } }).initialize();
const bring = (...migrations: (new () => MigrationInterface)[]) =>
  migrate({ type: 'postgres', url: database.ownerUrl, migrations }, new URL(database.url).username);

beforeEach(async () => {
  database = await createTestDatabase();
  owner = await open(database.ownerUrl);
  await bring(CreateThings1763600000001);
});
afterEach(async () => {
  await owner.destroy();
  await database.drop();
});

test('an ALTER behind a long reader lets requests through between its attempts, and gets through after the reader', async () => {
  const reader = owner.createQueryRunner();
  await reader.startTransaction();
  await reader.query('SELECT FROM things');
  const waits = async () =>
    (await owner.query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER%' LIMIT 1`))
      .length === 1;
  const migrated = bring(CreateThings1763600000001, AddSize1763600000002);
  await eventually(async () => expect(await waits()).toBe(true));
  const request = owner.query('SELECT id FROM things'); // queues behind the ALTER
  expect(await request).toEqual([{ id: 1 }]); // and yet is answered while the reader is still there
  await reader.commitTransaction();
  await reader.release();
  await migrated;
  expect(await owner.query('SELECT size FROM things')).toEqual([{ size: null }]);
});

test('a migration may run outside of a transaction, as CREATE INDEX CONCURRENTLY must, also while another instance waits', async () => {
  await Promise.all([
    bring(CreateThings1763600000001, AddSize1763600000002, IndexThings1763600000003),
    bring(CreateThings1763600000001, AddSize1763600000002, IndexThings1763600000003),
  ]);
  const indexes = `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('things_by_id')`;
  expect(await owner.query(indexes)).toEqual([{ valid: true }]);
  expect(await owner.query('SELECT name FROM migrations')).toHaveLength(3);
});

test('a migration that fails leaves nothing of itself, and those before it applied', async () => {
  await expect(bring(CreateThings1763600000001, AddSize1763600000002, AddColour1763600000004)).rejects.toThrow(
    'division by zero',
  );
  expect(await owner.query('SELECT * FROM things')).toEqual([{ id: 1, size: null }]);
  expect(await owner.query('SELECT name FROM migrations')).toHaveLength(2);
});

test('a server that is too old is refused in a sentence, and nothing is applied', async () => {
  const ask = jest.spyOn(DataSource.prototype, 'query');
  ask.mockResolvedValueOnce([{ server_version_num: '170006' }]);
  try {
    await expect(bring(CreateThings1763600000001, AddSize1763600000002)).rejects.toThrow(
      'The database is PostgreSQL 17.6, and this code needs 18 or newer',
    );
  } finally {
    ask.mockRestore();
  }
  expect(await owner.query('SELECT name FROM migrations')).toHaveLength(1);
});

test.each([180_000, 180_001, 190_000])('%d is new enough', (version) =>
  expect(assertNewEnough(version)).toBeUndefined(),
);
test.each([179_999, 160_010])('%d is not', (version) => expect(() => assertNewEnough(version)).toThrow('PostgreSQL 1'));

describe('a table that is only added to', () => {
  const role = `Runs "it" ${randomUUID()}`; // no name that could be guessed from the owner's
  const quoted = `"${role.replaceAll('"', '""')}"`;
  let server: DataSource;
  const only = (running = role, table = 'things') =>
    migrate({ type: 'postgres', url: database.ownerUrl, migrations: [CreateThings1763600000001] }, running, [table]);

  beforeEach(async () => {
    server = await open(process.env.TEST_POSTGRES_URL!);
    await server.query(`CREATE ROLE ${quoted}`);
    await owner.query(`GRANT ALL ON things TO ${quoted}`);
  });
  afterEach(async () => {
    await owner.query(`REVOKE ALL ON things, migrations FROM ${quoted}`);
    await server.query(`DROP ROLE ${quoted}`);
    await server.destroy();
  });

  const as = async (sql: string) => {
    const url = new URL(process.env.TEST_POSTGRES_URL!);
    url.pathname = new URL(database.url).pathname;
    const superuser = await open(url.href);
    try {
      return await superuser.transaction(async (tx) => {
        await tx.query(`SET LOCAL ROLE ${quoted}`);
        return tx.query(sql);
      });
    } finally {
      await superuser.destroy();
    }
  };

  test('the running role reads and adds, whatever it is called', async () => {
    expect(await as('UPDATE things SET id = 2')).toBeTruthy(); // what it may lose
    await only();
    await as('INSERT INTO things VALUES (3)');
    expect(await as('SELECT id FROM things')).toHaveLength(2);
    for (const sql of ['UPDATE things SET id = 4', 'DELETE FROM things', 'TRUNCATE things'])
      await expect(as(sql)).rejects.toThrow('permission denied');
    await owner.query('UPDATE things SET id = 5'); // the owner's foreign keys still act
  });

  test('migrate fails when the role still can: by a grant to everybody, or as the owner', async () => {
    await owner.query('GRANT DELETE ON things TO PUBLIC');
    await expect(only()).rejects.toThrow(`The role ${role} runs the service and may change rows of things`);
    await owner.query('REVOKE DELETE ON things FROM PUBLIC; GRANT UPDATE (id) ON things TO PUBLIC');
    await expect(only()).rejects.toThrow('may change rows of things');
    await expect(only(new URL(database.ownerUrl).username)).rejects.toThrow('may change rows of things');
    await expect(only(role, 'thongs')).rejects.toThrow('There is no table thongs');
  });
});
