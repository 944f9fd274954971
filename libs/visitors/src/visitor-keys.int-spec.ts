import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Sql } from '@cairn/database';
import { migrate } from '@cairn/database/migrate';
import { createTestDatabase } from '@cairn/testing';
import { DataSource } from 'typeorm';
import { CreateVisitorSalts1764100000000 } from './schema.ts';
import { VisitorKeys } from './visitor-keys.service.ts';
import { VisitorSaltRepository } from './visitor-salts.repository.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let connection: DataSource;

beforeEach(async () => {
  database = await createTestDatabase();
  const migrations = [CreateVisitorSalts1764100000000];
  await migrate({ type: 'postgres', url: database.ownerUrl, migrations }, new URL(database.url).username, [
    'visitor_salts',
  ]);
  connection = await new DataSource({ type: 'postgres', url: database.url, poolSize: 8 }).initialize();
});
afterEach(async () => {
  await connection.destroy();
  await database.drop();
});

const instance = () => new VisitorKeys(new VisitorSaltRepository(new Sql(connection)));
const time = (text: string) => new Date(`2026-${text}`);
const request = (at: Date, timeZone = 'UTC') => ({ scope: 'site', timeZone, address: '192.0.2.1', userAgent: 'A', at });
const stored = async () =>
  (await connection.query(`SELECT concat(time_zone, ' ', day) AS key FROM visitor_salts ORDER BY key`)).map(
    ({ key }: { key: string }) => key,
  );

test('instances that start at once, and again at midnight, know a visitor by the same key; others, other scopes and days by another', async () => {
  const instances = Array.from({ length: 4 }, instance);
  const evening = time('11-26T23:59:50Z');
  await Promise.all(instances.map((each) => each.turn(evening)));
  const keys = instances.map((each) => each.of(request(evening)).visitor);
  expect(new Set(keys).size).toBe(1);

  const midnight = time('11-27T00:00:00Z');
  await Promise.all(instances.map((each) => each.turn(midnight)));
  const next = instances.map((each) => each.of(request(midnight)));
  expect(new Set(next.map(({ visitor }) => visitor)).size).toBe(1);
  expect(next.map(({ visitorOfYesterday }) => visitorOfYesterday)).toEqual(keys);

  const [{ visitor }, one] = [next[0]!, instances[0]!];
  expect(visitor).not.toBe(keys[0]);
  const others = [{ scope: 'other' }, { address: '192.0.2.2' }, { userAgent: 'B' }, { userAgent: undefined }];
  for (const other of others) expect(one.of({ ...request(midnight), ...other }).visitor).not.toBe(visitor);
});

test('tomorrow is made ahead: at midnight nobody asks the database', async () => {
  const keys = instance();
  await keys.turn(time('11-26T12:00:00Z'));
  expect(await stored()).toEqual(['UTC 2026-11-26', 'UTC 2026-11-27']);
  const other = instance();
  await other.turn(time('11-26T12:00:01Z'));
  await connection.destroy();
  const [a, b] = [keys, other].map((each) => each.of(request(time('11-27T00:00:00Z'))));
  expect(a).toEqual(b);
  await connection.initialize();
});

test('the key of yesterday is known for half an hour of the site’s day, and where there was nobody yesterday there is none', async () => {
  const keys = instance();
  await keys.turn(time('11-26T21:00:00Z'));
  const before = keys.of(request(time('11-26T22:59:59Z'), 'Europe/Vienna')).visitor;
  await keys.turn(time('11-26T22:59:59Z'));
  expect(keys.of(request(time('11-26T23:29:59Z'), 'Europe/Vienna')).visitorOfYesterday).toBe(before);
  expect(keys.of(request(time('11-26T23:30:00Z'), 'Europe/Vienna')).visitorOfYesterday).toBeNull();
  expect(keys.of(request(time('11-26T18:30:00Z'), 'Asia/Kathmandu')).visitorOfYesterday).toBeNull();
});

test('half an hour after its day a salt is gone from memory and from the file of the table; the living ones stay', async () => {
  const keys = instance();
  await keys.turn(time('11-26T12:00:00Z'));
  await keys.ready('America/New_York', time('11-26T12:00:00Z'));
  const york = keys.of(request(time('11-26T12:00:00Z'), 'America/New_York')).visitor;
  const [{ salt }] = await connection.query(`SELECT salt FROM visitor_salts WHERE time_zone = 'UTC' AND day = '2026-11-26'`); // prettier-ignore
  const before = await fileOfTable();
  expect(await isOnDisk(salt, [before])).toBe(true);

  await keys.turn(time('11-27T00:29:59Z'));
  expect(await stored()).toContain('UTC 2026-11-26');
  await Promise.all([keys, instance(), instance()].map((each) => each.turn(time('11-27T00:30:00Z'))));
  expect(await stored()).toEqual([
    'America/New_York 2026-11-26',
    'America/New_York 2026-11-27',
    'UTC 2026-11-27',
    'UTC 2026-11-28',
  ]);
  expect(await isOnDisk(salt, [before, await fileOfTable()])).toBe(false);
  const restarted = instance();
  await restarted.turn(time('11-27T00:30:00Z'));
  expect(restarted.of(request(time('11-27T00:30:00Z'), 'America/New_York')).visitor).toBe(york);
});

test('when PostgreSQL has crashed the table is empty: who still knows the salt puts it back, and a new instance takes it over', async () => {
  const [one, late] = [instance(), instance()];
  const now = time('11-26T12:00:00Z');
  await one.turn(now);
  const { visitor } = one.of(request(now));
  await empty();
  await one.turn(now);
  await late.turn(now);
  expect(late.of(request(now)).visitor).toBe(visitor);

  await empty(); // and nobody who knows it is left
  const restarted = instance();
  await restarted.turn(now);
  expect(restarted.of(request(now)).visitor).not.toBe(visitor);
  await one.turn(now); // was it only late, it follows
  expect(one.of(request(now))).toEqual(restarted.of(request(now)));
});

test('without the database every request has a key, and when it is back the instances agree', async () => {
  const [one, two] = [instance(), instance()];
  const now = time('11-26T12:00:00Z');
  await connection.destroy();
  await expect(one.turn(now)).rejects.toThrow();
  const alone = one.of(request(now));
  expect(one.of(request(now))).toEqual(alone);
  await connection.initialize();
  await one.turn(now);
  await two.turn(now);
  expect([one, two].map((each) => each.of(request(now)))).toEqual([alone, alone]);
});

test('the role that runs the service cannot change a salt or bring one back', async () => {
  for (const statement of ['DELETE FROM visitor_salts', 'UPDATE visitor_salts SET ends_at = now()', 'TRUNCATE visitor_salts'])
    await expect(connection.query(statement)).rejects.toThrow('permission denied'); // prettier-ignore
});

async function empty(): Promise<void> {
  await asSuperuser((server) => server.query('TRUNCATE visitor_salts'));
}

const fileOfTable = () =>
  asSuperuser(
    async (server) => (await server.query(`SELECT pg_relation_filepath('visitor_salts') AS file`))[0].file as string,
  );

/** Written out first, which a checkpoint does not do for a table that is not logged: what was never on disk would prove nothing. */
function isOnDisk(bytes: Buffer, files: readonly string[]): Promise<boolean> {
  return asSuperuser(async (server) => {
    await server.query('CREATE EXTENSION IF NOT EXISTS pg_buffercache');
    await server.query(`SELECT pg_buffercache_evict_relation('visitor_salts'::regclass)`);
    const [{ found }] = await server.query(
      `SELECT coalesce(bool_or(position($2::bytea IN pg_read_binary_file(file, 0, 1e8::bigint, true)) > 0), false) AS found
       FROM unnest($1::text[]) AS file`,
      [files, bytes],
    );
    return found as boolean;
  });
}

async function asSuperuser<T>(work: (server: DataSource) => Promise<T>): Promise<T> {
  const url = new URL(process.env.TEST_POSTGRES_URL!);
  url.pathname = new URL(database.url).pathname;
  const server = await new DataSource({ type: 'postgres', url: url.href }).initialize();
  try {
    return await work(server);
  } finally {
    await server.destroy();
  }
}

test('instances that destroy salts at once do not wait for each other', async () => {
  const repository = new VisitorSaltRepository(new Sql(connection));
  for (let round = 0; round < 20; round++) {
    const ended = {
      timeZone: 'UTC',
      day: '2026-11-20',
      salt: Buffer.alloc(32, round),
      endsAt: time('11-21T00:30:00Z'),
    };
    await repository.add([ended]);
    await Promise.all(Array.from({ length: 8 }, () => repository.destroyEnded(time('11-26T12:00:00Z'))));
  }
  expect(await stored()).toEqual([]);
});

test('who runs the service cannot have its owner do something else by the function that destroys', async () => {
  const [{ config, open }] = await connection.query(
    `SELECT proconfig::text AS config, has_function_privilege('public', oid, 'EXECUTE') AS open FROM pg_proc WHERE prosecdef`,
  );
  expect(config).toMatch(/search_path=pg_catalog, public, pg_temp/);
  expect(open).toBe(false);
});

test('while the table cannot be reached only the first wait, and no longer than a moment; those of other time zones not at all', async () => {
  const hangs = new Promise<never>(() => undefined);
  let asked = 0;
  const away = () => (asked++, hangs);
  const keys = new VisitorKeys({ add: away, living: away, destroyEnded: away } as unknown as VisitorSaltRepository);
  await Promise.all(Array.from({ length: 30 }, () => keys.ready('Europe/Vienna', time('11-26T12:00:00Z'))));
  expect(asked).toBe(1);
  const refused = () => Promise.reject(new Error('away'));
  const failing = new VisitorKeys({
    add: refused,
    living: refused,
    destroyEnded: refused,
  } as unknown as VisitorSaltRepository);
  await failing.ready('Europe/Vienna', time('11-26T12:00:00Z'));
  const attempts = jest.spyOn(failing as unknown as { shareAll(): Promise<void> }, 'shareAll');
  await Promise.all(Array.from({ length: 30 }, () => failing.ready('Europe/Vienna', time('11-26T12:00:00Z'))));
  expect(attempts).not.toHaveBeenCalled();
});
