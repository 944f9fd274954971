import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { DeadlineExceeded } from '@cairn/http/errors';
import { requestContext } from '@cairn/observability';
import { createTestDatabase, eventually } from '@cairn/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type Logger } from 'typeorm';
import { Sql } from './sql.ts';
import { Transactions, type Transaction } from './transactions.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let admin: DataSource;
let dataSource: DataSource;
let transactions: Transactions;
let sent: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  admin = await new DataSource({ type: 'postgres', url: database.ownerUrl }).initialize();
  await admin.query('CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL)');
  await admin.query(`GRANT ALL ON notes TO "${new URL(database.url).username}"`);
  const logger = {
    log: () => undefined, // an idle connection may be lost
    logQuery: (text: string) => void sent.push(text),
    logQueryError: () => undefined,
  } as unknown as Logger;
  const extra = { max: 2, statement_timeout: 4_000 };
  dataSource = await new DataSource({ type: 'postgres', url: database.url, logging: true, logger, extra }).initialize();
  transactions = new Transactions(dataSource);
});
beforeEach(async () => {
  await admin.query(`DELETE FROM notes`);
  await admin.query(`INSERT INTO notes VALUES (1, 'as it was')`);
  sent = [];
});
afterAll(async () => {
  await dataSource.destroy();
  await admin.destroy();
  await database.drop();
});

const within = <T>(milliseconds: number | undefined, work: () => T) => {
  const deadline = milliseconds === undefined ? undefined : performance.now() + milliseconds;
  return requestContext.run({ requestId: 'r', traceId: '', spanId: '', traceFlags: '', deadline }, work);
};
const edit = (tx: Transaction) => tx.query(`UPDATE notes SET text = 'changed' WHERE id = 1`);
const notes = () => admin.query('SELECT id, text FROM notes ORDER BY id');
const asItWas = [{ id: 1, text: 'as it was' }];

/** Somebody else holds the row until told to let go. */
async function holdRow() {
  const holder = admin.createQueryRunner();
  await holder.startTransaction();
  await holder.query('SELECT * FROM notes WHERE id = 1 FOR UPDATE');
  return async () => {
    await holder.rollbackTransaction();
    await holder.release();
  };
}

test('who waits for a row when the time is over has written nothing, nor will', async () => {
  const letGo = await holdRow();
  const writes = within(150, () =>
    transactions.run(async (tx) => {
      await tx.query(`INSERT INTO notes VALUES (2, 'before the wait')`);
      await edit(tx);
    }),
  );
  await expect(writes).rejects.toThrow(DeadlineExceeded); // while the row is held
  const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = $1 AND state <> 'idle'`;
  await eventually(async () =>
    expect(await admin.query(waiting, [new URL(database.url).username])).toEqual([{ n: 0 }]),
  );
  await letGo();
  expect(await notes()).toEqual(asItWas);
});

test('what is written when the time is over does not commit', async () => {
  const late = within(60, () =>
    transactions.run(async (tx) => {
      await edit(tx);
      await sleep(100);
      return 'done';
    }),
  );
  await expect(late).rejects.toThrow(DeadlineExceeded);
  expect(await notes()).toEqual(asItWas);
  expect(sent).toContain('ROLLBACK');
  expect(sent).not.toContain('COMMIT');
});

test('no further statement is sent', async () => {
  const late = within(60, () =>
    transactions.run(async (tx) => {
      await sleep(100);
      await edit(tx).catch(() => undefined); // even who swallows it commits nothing
    }),
  );
  await expect(late).rejects.toThrow(DeadlineExceeded);
  expect(sent.filter((text) => text.startsWith('UPDATE') || text === 'COMMIT')).toEqual([]);
});

test('nothing begins: no connection is taken', async () => {
  let worked = false;
  const work = async () => void (worked = true);
  await expect(within(0, () => transactions.run(work))).rejects.toThrow(DeadlineExceeded);
  await expect(within(0, () => new Sql(dataSource).rows({ text: 'SELECT 1' }, []))).rejects.toThrow(DeadlineExceeded);
  expect([worked, sent]).toEqual([false, []]);
});

test('who has waited for a connection until it was too late does not begin either', async () => {
  const taken = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
  for (const runner of taken) await runner.connect();
  const waits = within(60, () => transactions.run(edit));
  setTimeout(() => void taken.map((runner) => runner.release()), 120);
  await expect(waits).rejects.toThrow(DeadlineExceeded);
  expect(sent).toEqual([]);
  expect(await notes()).toEqual(asItWas);
});

test('in time it commits, PostgreSQL is told with the first statement, and the connection remembers nothing', async () => {
  await within(2_000, () => transactions.run(edit));
  expect(await notes()).toEqual([{ id: 1, text: 'changed' }]);
  expect(sent).toEqual([
    expect.stringMatching(/^START TRANSACTION; SET LOCAL statement_timeout = (1\d{3}|2000)$/),
    expect.stringMatching(/^UPDATE/),
    'COMMIT',
  ]);
  expect(await dataSource.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '4s' }]);
});

test.each([[30_000], [undefined]])('with %p ms nothing is different', async (milliseconds) => {
  await within(milliseconds, () => transactions.run(edit));
  expect(sent.map((text) => text.split(' ')[0])).toEqual(['START', 'UPDATE', 'COMMIT']);
  expect(sent[0]).toBe('START TRANSACTION');
});
