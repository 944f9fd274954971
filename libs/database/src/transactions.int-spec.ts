import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { toProblem } from '@cairn/http';
import type { IdempotentRequest } from '@cairn/http/errors';
import { createTestDatabase } from '@cairn/testing';
import { Logger } from '@nestjs/common';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { CreateIdempotencyKeys1763500000000 } from './1763500000000-create-idempotency-keys.migration.ts';
import { Connection } from './connection.ts';
import { Idempotency } from './idempotency.service.ts';
import { migrate } from './migrate.command.ts';
import { afterCommit, Transactions } from './transactions.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let dataSource: DataSource;
let transactions: Transactions;

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await createTestDatabase();
  const options = { type: 'postgres' as const, migrations: [CreateIdempotencyKeys1763500000000] };
  await Promise.all(
    Array.from({ length: 3 }, () => migrate({ ...options, url: database.ownerUrl }, new URL(database.url).username)),
  );
  dataSource = await new DataSource({ ...options, url: database.url, extra: { Client: Connection } }).initialize();
  transactions = new Transactions(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

test('three instances that migrate at once apply each migration once', async () => {
  expect(await dataSource.query('SELECT name FROM migrations')).toHaveLength(1);
});

test('what is to be done after the commit is done then, once for the attempt that commits, and never for one that does not', async () => {
  const done: string[] = [];
  const seen = async () =>
    (await dataSource.query(`SELECT FROM idempotency_keys WHERE key = 'after'`)).length as number;
  let attempts = 0;
  await transactions.run(async (tx) => {
    attempts++;
    await tx.query(`INSERT INTO idempotency_keys VALUES ('somebody', 'POST /', 'after', 'digest', '{}')`);
    afterCommit(tx, () => void done.push(`attempt ${attempts}`));
    expect(done).toEqual([]);
    if (attempts === 1) await tx.query(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`);
  });
  expect(done).toEqual(['attempt 2']);
  expect(await seen()).toBe(1);
  const rolledBack = transactions.run(async (tx) => {
    afterCommit(tx, () => void done.push('never'));
    throw new Error('no');
  });
  await expect(rolledBack).rejects.toThrow('no');
  expect(done).toEqual(['attempt 2']);
});

test('what follows a commit has been done when the transaction answers; what of it fails keeps nothing from anybody', async () => {
  const done: string[] = [];
  const answer = await transactions.run(async (tx) => {
    afterCommit(tx, () => Promise.reject(new Error('fails later')));
    afterCommit(tx, () => {
      throw new Error('fails at once');
    });
    // Another connection sees it, so that it is committed.
    afterCommit(tx, async () => {
      const [{ n }] = await dataSource.query(`SELECT count(*)::int AS n FROM idempotency_keys WHERE key = 'followed'`);
      done.push(`sees ${n}`);
    });
    await tx.query(`INSERT INTO idempotency_keys VALUES ('somebody', 'POST /', 'followed', 'digest', '{}')`);
    return 'answer';
  });
  expect({ answer, done }).toEqual({ answer: 'answer', done: ['sees 1'] });
});

test('a commit whose answer was lost may have happened: what was to follow it is done', async () => {
  const done: string[] = [];
  const proxy = await silenceable(database.url);
  const extra = { Client: Connection, max: 1, query_timeout: 2000 };
  const behind = await new DataSource({ type: 'postgres', url: proxy.url, extra }).initialize();
  const lost = new Transactions(behind).run(async (tx) => {
    await tx.query('SELECT 1');
    afterCommit(tx, () => void done.push('followed'));
    proxy.silence();
  });
  expect(toProblem(await lost.catch((error: unknown) => error)).status).toBe(503);
  expect(done).toEqual(['followed']);
  await behind.destroy();
  await proxy.stop();
});

test('the role that runs a service cannot change its schema', async () => {
  await expect(dataSource.query('CREATE TABLE mine ()')).rejects.toThrow('permission denied');
  await expect(dataSource.query('DROP TABLE idempotency_keys')).rejects.toThrow('must be owner');
  await expect(dataSource.query('DELETE FROM migrations')).rejects.toThrow('permission denied');
});

describe('Transactions', () => {
  test('a deadlock begins again, and both get through', async () => {
    const order: string[] = [];
    const lock = (first: number, second: number, bothHoldOne: Promise<void>, holdsOne: () => void) =>
      transactions.run(async (tx) => {
        order.push(`${first}`);
        await tx.query('SELECT pg_advisory_xact_lock($1)', [first]);
        holdsOne();
        await bothHoldOne;
        await tx.query('SELECT pg_advisory_xact_lock($1)', [second]);
      });
    const [a, b] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const both = Promise.all([a.promise, b.promise]).then(() => undefined);
    await Promise.all([lock(1, 2, both, a.resolve), lock(2, 1, both, b.resolve)]);
    expect(order).toHaveLength(3); // the victim ran twice
  });

  test('nothing is acknowledged that PostgreSQL rolled back', async () => {
    const swallowed = transactions.run(async (tx) => {
      await tx.query('SELECT 1/0').catch(() => undefined);
      return 'acknowledged';
    });
    await expect(swallowed).rejects.toThrow('swallowed');
  });

  test('a connection that is cut in the middle is a 503, and the next one works', async () => {
    const cut = transactions.run(async (tx) => {
      const [{ pid }] = await tx.query('SELECT pg_backend_pid() AS pid');
      await dataSource.query('SELECT pg_terminate_backend($1)', [pid]);
      await tx.query('SELECT 1');
    });
    expect(toProblem(await cut.catch((error: unknown) => error)).status).toBe(503);
    expect(await transactions.run((tx) => tx.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });

  test('a failure that is not transient does not begin again', async () => {
    let runs = 0;
    await expect(
      transactions.run((tx) => {
        runs++;
        return tx.query('SELECT 1/0');
      }),
    ).rejects.toThrow('division by zero');
    expect(runs).toBe(1);
  });
});

describe('Idempotency', () => {
  const idempotency = new Idempotency();
  const request = (key: string, digest = 'd'): IdempotentRequest => ({
    callerId: 'user:a',
    route: 'POST /',
    key,
    digest,
    replayed: false,
  });
  const once = (asked: IdempotentRequest, work: () => Promise<object>) =>
    transactions.run((tx) => idempotency.once(tx, asked, work));

  test('is forgotten after 24 hours and not before, and cleans up after itself', async () => {
    await once(request('old'), async () => ({ n: 1 }));
    await dataSource.query(`UPDATE idempotency_keys SET created_at = now() - interval '23 hours 59 minutes'`);
    await once(request('other'), async () => ({}));
    expect(await once(request('old'), async () => ({ n: 2 }))).toEqual({ n: 1 });
    await dataSource.query(`DELETE FROM idempotency_keys WHERE key = 'other'`);
    await dataSource.query(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours'`);
    expect(await once(request('old', 'another'), async () => ({ n: 2 }))).toEqual({ n: 2 });
    await dataSource.query(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours'`);
    await once(request('new'), async () => ({}));
    expect(await dataSource.query('SELECT key FROM idempotency_keys')).toEqual([{ key: 'new' }]);
  });

  test('what is rolled back was never done', async () => {
    await expect(once(request('crash'), () => Promise.reject(new Error('crash')))).rejects.toThrow('crash');
    expect(await once(request('crash'), async () => ({ done: true }))).toEqual({ done: true });
  });
});

test('a connection that the server ends while it is lent and nothing is asked costs the next query a 503, not the process', async () => {
  const { master: pool } = dataSource.driver as unknown as { master: Pool };
  const lent = await pool.connect();
  const { rows } = await lent.query('SELECT pg_backend_pid() AS pid');
  const ended = new Promise((resolve) => lent.once('end', resolve));
  await dataSource.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
  await ended;
  expect(toProblem(await lent.query('SELECT 1').catch((error: unknown) => error)).status).toBe(503);
  lent.release(true);
});

test('a job may take longer than a request, and leaves the connection as it was', async () => {
  const extra = { Client: Connection, max: 1, statement_timeout: 500, query_timeout: 2000 };
  const own = await new DataSource({ type: 'postgres', url: database.url, extra }).initialize();
  const sleeping = (options?: object) => new Transactions(own).run((tx) => tx.query('SELECT pg_sleep(2.5)'), options);
  await expect(sleeping()).rejects.toThrow('statement timeout');
  await sleeping({ statementMs: 10_000 });
  await expect(sleeping()).rejects.toThrow('statement timeout');
  await own.destroy();
});

test('a text that PostgreSQL does not take is the fault of who sent it', async () => {
  const refused = await dataSource.query('SELECT $1::text', ['a\u0000']).catch((error: unknown) => error);
  expect(toProblem(refused)).toMatchObject({ status: 400, detail: expect.stringContaining('character') });
});

test('a server that falls silent costs the requests under way, not those after them', async () => {
  const proxy = await silenceable(database.url);
  const extra = { Client: Connection, max: 2, query_timeout: 2000 };
  const behind = await new DataSource({ type: 'postgres', url: proxy.url, extra }).initialize();
  const two = () => Promise.allSettled([behind.query('SELECT pg_sleep(0.01)'), behind.query('SELECT pg_sleep(0.01)')]);
  await two();
  proxy.silence();
  expect((await two()).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await two()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  await behind.destroy();
  await proxy.stop();
});

/** A way to PostgreSQL whose open connections can be made to deliver nothing any more; new ones work. */
async function silenceable(target: string) {
  const { hostname, port } = new URL(target);
  const sockets: Socket[] = [];
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      sockets.push(
        socket.on('error', () => undefined).on('close', () => [client, upstream].forEach((each) => each.destroy())),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    silence: () => sockets.forEach((socket) => socket.unpipe().pause()),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
