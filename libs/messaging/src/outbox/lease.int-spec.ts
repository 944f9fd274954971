import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@cairn/testing';
import pg from 'pg';
import { MessagingDatabase } from '../testing/messaging-rig.ts';
import { Lease, LEASE_MS } from './lease.ts';

const INSTANCES = 10;
const ASKS = 200;

let database: MessagingDatabase;
let instances: { client: pg.Client; hold: () => Promise<boolean> }[];
beforeAll(async () => {
  database = await MessagingDatabase.create();
  instances = await Promise.all(
    Array.from({ length: INSTANCES }, async (_, n) => {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      const lease = new Lease('outbox-relay', `instance-${n}`);
      return { client, hold: () => lease.hold(client) };
    }),
  );
});
beforeEach(() => query('DELETE FROM leases'));
afterAll(async () => {
  await Promise.all(instances.map(({ client }) => client.end()));
  await database.close();
});
const query = (text: string, values: unknown[] = []): Promise<{ n: number }[]> =>
  database.dataSource.query(text, values);

test('who renews in time keeps it, however many ask at the same moment', async () => {
  const [holder, ...standby] = instances;
  expect(await holder!.hold()).toBe(true);
  const renewed: boolean[] = [];
  let isOver = false;
  const renewing = (async () => {
    while (!isOver) renewed.push(await holder!.hold());
  })();
  const taken: boolean[] = [];
  await Promise.all(
    standby.map(async ({ hold }) => {
      for (let n = 0; n < ASKS; n++) taken.push(await hold());
    }),
  ).finally(() => (isOver = true));
  await renewing;
  expect(taken.filter((has) => has)).toEqual([]);
  expect(renewed.filter((has) => !has)).toEqual([]);
});

test('who waited for the row while the holder renewed does not get it', async () => {
  const [holder, other] = instances;
  expect(await holder!.hold()).toBe(true);
  await holder!.client.query('BEGIN');
  await holder!.client.query('SELECT FROM leases FOR UPDATE');
  const answer = other!.hold();
  const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await eventually(async () => expect(await query(waiting)).toEqual([{ n: 1 }]));
  expect(await holder!.hold()).toBe(true);
  await holder!.client.query('COMMIT');
  expect(await answer).toBe(false);
});

test.each([
  ['has expired', -1, true],
  ['lasts', LEASE_MS, false],
  ['lasts a little longer than it can, after a small step of the clock', LEASE_MS + 500, false],
  ['lasts far longer than it can, after the clock was set back', LEASE_MS + 60_000, true],
])('one that %s', async (_, ms, isTaken) => {
  await query(`INSERT INTO leases VALUES ('outbox-relay', 'another', clock_timestamp() + $1 * interval '1 ms')`, [ms]);
  expect(await instances[0]!.hold()).toBe(isTaken);
});
