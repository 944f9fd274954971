import type { CloudEvent, EventContract, EventData } from '@cairn/contracts/events';
import { Transactions, type Transaction } from '@cairn/database';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { Broker } from '../broker/broker.ts';
import type { ConsumerProvider } from '../consumer/consumer.decorator.ts';
import { GroupConsumer } from '../consumer/group-consumer.ts';
import { OutboxRelay } from '../outbox/outbox-relay.ts';
import { Outbox } from '../outbox/outbox.service.ts';
import { notedOn, type Noted } from './noted.events.ts';

/*
 * `node killable.js write | relay | consume`: a process of a service with one event, for proofs that kill it in the middle of its work.
 * The database is that of DATABASE_URL, the broker that of BROKER and BROKER_URL.
 */

const GROUP = 'killable';
const KEYS = 200;
const EVENTS_PER_TRANSACTION = 10;
const WRITERS = 4;
const RETRY_MS = 200;

const { DATABASE_URL, BROKER, BROKER_URL, EVENTS, PAUSE_MS = '0' } = process.env as Record<string, string>;
const noted = notedOn('killable');
const transactions = async (poolSize: number) =>
  new Transactions(await new DataSource({ type: 'postgres', url: DATABASE_URL!, poolSize }).initialize());

const roles = { write, relay, consume };
await roles[process.argv[2] as keyof typeof roles]();

/** Until there are EVENTS of them: rows, each with the next number of its key, and the event that tells of it. */
async function write(): Promise<void> {
  const outbox = new Outbox({ service: GROUP, publishes: [noted] });
  const run = await transactions(WRITERS);
  const result = { written: 0, failed: 0 };
  let isOver = false;
  process.once('SIGTERM', () => (isOver = true));
  console.log('up');
  const writer = async () => {
    while (!isOver) {
      try {
        const left = await run.run((tx) => writeSome(tx, outbox));
        result.written += EVENTS_PER_TRANSACTION;
        if (left <= 0) isOver = true;
      } catch (error) {
        result.failed++;
        console.error(error);
        await sleep(RETRY_MS);
      }
      await sleep(Number(PAUSE_MS));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  console.log(JSON.stringify(result));
  process.exit();
}

/** Answers how many are left to write. */
async function writeSome(tx: Transaction, outbox: Outbox): Promise<number> {
  const first = Math.floor(Math.random() * (KEYS - EVENTS_PER_TRANSACTION));
  const keys = Array.from({ length: EVENTS_PER_TRANSACTION }, (_, n) => `key-${first + n}`);
  // In the order of the keys, so that two who write at once wait for each other and not in a circle.
  const rows: { key: string; n: number }[] = await tx.query(
    `INSERT INTO counters (key, n) SELECT key, 1 FROM unnest($1::text[]) AS key ORDER BY key
     ON CONFLICT (key) DO UPDATE SET n = counters.n + 1 RETURNING key, n`,
    [keys],
  );
  await outbox.publishAll(tx, noted, rows);
  const [{ left }] = await tx.query('SELECT $1 - sum(n) AS left FROM counters', [EVENTS]);
  return Number(left);
}

async function relay(): Promise<void> {
  const broker = await connect();
  const onTrouble = (trouble?: Error) => console.error(trouble ?? 'goes on');
  new OutboxRelay({ databaseUrl: DATABASE_URL!, broker, onTrouble }).start();
  console.log('up');
}

async function consume(): Promise<void> {
  const broker = await connect();
  const group = new GroupConsumer({
    handlers: {
      group: GROUP,
      contracts: new Map([[noted.type, noted as unknown as EventContract]]),
      consumers: new Map([[noted.type, [{ handle } as unknown as ConsumerProvider]]]),
    },
    transactions: await transactions(10),
    knows: new Set([noted.type]),
    onFailure: ({ error }) => console.error(error),
    onTrouble: (error) => console.error(error),
  });
  group.start();
  const join = () =>
    broker.consume({ group: GROUP, topics: [noted.topic], maxBatch: 100 }, (batch) => group.handle(batch));
  while (!(await join().then(() => true, (error) => void console.error(error)))) await sleep(RETRY_MS); // prettier-ignore
  console.log('up');
}

/** The effect, and in the same transaction whether it is the next one of its key. */
async function handle({ id, data: { key, n } }: CloudEvent<EventData<Noted>>, tx: Transaction): Promise<void> {
  await tx.query(
    `WITH next AS (
       INSERT INTO reached (key, n) VALUES ($1, $2)
       ON CONFLICT (key) DO UPDATE SET n = excluded.n WHERE reached.n = excluded.n - 1 RETURNING n),
     wrong AS (
       INSERT INTO mistakes (key, n, reached) SELECT $1, $2, (SELECT n FROM reached WHERE key = $1)
       WHERE NOT EXISTS (SELECT FROM next) OR ($2 > 1 AND NOT EXISTS (SELECT FROM reached WHERE key = $1)))
     INSERT INTO effects (event_id, key, n) VALUES ($3, $1, $2)`,
    [key, n, id],
  );
}

async function connect(): Promise<Broker> {
  if (BROKER === 'kafka') {
    const { KafkaBroker } = await import('../kafka/kafka.broker.ts');
    return new KafkaBroker({ brokers: [BROKER_URL!], clientId: GROUP });
  }
  const { RedisBroker } = await import('../redis/redis.broker.ts');
  return new RedisBroker({ url: BROKER_URL! });
}
