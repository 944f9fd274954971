import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { randomUUID } from 'node:crypto';
import { createServiceDatabase, dropServiceDatabase, type ServiceDatabase } from './service-database.ts';

const server = process.env.TEST_POSTGRES_URL!;
const name = `test_${randomUUID().slice(0, 8)}`;
const passwords = { runtime: 'a runtime password', owner: 'an owner password' };
let database: ServiceDatabase;

async function run(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return (await client.query(sql).finally(() => client.end())).rows as unknown[];
}

beforeAll(async () => {
  // At once, as several runners on one server would.
  const all = await Promise.all(Array.from({ length: 6 }, () => createServiceDatabase(server, name, passwords)));
  database = all[0]!;
  await run(
    database.ownerUrl,
    `CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent;
     CREATE TABLE thing (id serial PRIMARY KEY, name text NOT NULL);
     CREATE FUNCTION shout(text) RETURNS text LANGUAGE sql AS 'SELECT upper($1)'`,
  );
});
afterAll(() => dropServiceDatabase(server, name));

test('the running role reads and writes what the owner made', async () => {
  await run(database.url, `INSERT INTO thing (name) VALUES ('a')`);
  await run(database.url, `UPDATE thing SET name = shout(unaccent('é'))`);
  expect(await run(database.url, `SELECT name, similarity(name, 'E') AS alike FROM thing`)).toEqual([
    { name: 'E', alike: 1 },
  ]);
  await run(database.url, 'DELETE FROM thing');
});

test.each([
  'CREATE TABLE mine (id int)',
  'CREATE SCHEMA mine',
  'CREATE TEMPORARY TABLE mine (id int)',
  'ALTER TABLE thing ADD COLUMN more int',
  'DROP TABLE thing',
  'TRUNCATE thing',
  'CREATE EXTENSION citext',
])('the running role changes no schema: %s', async (sql) => {
  await expect(run(database.url, sql)).rejects.toMatchObject({ code: '42501' });
});

test('a second creation changes nothing but the passwords', async () => {
  const urls = await createServiceDatabase(server, name, { ...passwords, runtime: 'another one' });
  expect(urls.url).toContain('another%20one');
  expect(await run(urls.url, 'SELECT count(*)::int AS n FROM thing')).toEqual([{ n: 0 }]);
});

test('another service cannot enter', async () => {
  const other = `${name}_other`;
  const { url } = await createServiceDatabase(server, other);
  const intruder = new URL(url);
  intruder.pathname = name;
  await expect(run(intruder.href, 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
  await dropServiceDatabase(server, other);
});

test('a server that is not there is one sentence', async () => {
  await expect(createServiceDatabase('postgres://postgres@127.0.0.1:1/postgres', 'x')).rejects.toMatchObject({
    name: 'Problem',
    message: expect.stringMatching(/^No PostgreSQL answers at 127\.0\.0\.1:1: /),
  });
});
