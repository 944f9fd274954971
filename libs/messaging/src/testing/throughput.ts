import type { EventContract } from '@cairn/contracts/events';
import { Transactions, type Transaction } from '@cairn/database';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { BrokerRecord } from '../broker/broker.ts';
import { toRecord } from '../cloud-events.ts';
import type { ConsumerProvider } from '../consumer/consumer.decorator.ts';
import { GroupConsumer } from '../consumer/group-consumer.ts';
import { OutboxRelay } from '../outbox/outbox-relay.ts';
import { Outbox } from '../outbox/outbox.service.ts';
import { RedisBroker } from '../redis/redis.broker.ts';
import { notedOn } from './noted.events.ts';

/*
 * `node throughput.js publish | consume | insert | xadd | xread`: what one process gets through in SECONDS, as a line of JSON. The
 * last three are what the first two are compared with: the bare statements and commands, in batches of the same size.
 */

const BATCH = 100;
const WRITERS = 4;
const KEYS = 500;
/** More than anybody consumes in that time. */
const PER_SECOND = 20_000;

const { DATABASE_URL, REDIS_URL, SECONDS } = process.env as Record<string, string>;
const seconds = Number(SECONDS);
const topic = `throughput-${randomUUID().slice(0, 8)}`;
const noted = notedOn(topic);
const transactions = new Transactions(
  await new DataSource({ type: 'postgres', url: DATABASE_URL!, poolSize: 12 }).initialize(),
);
let count = 0;
const data = () => ({ key: `key-${count % KEYS}`, n: count++ });
const batch = () => Array.from({ length: BATCH }, data);
const record = (): BrokerRecord => toRecord(noted, data(), 'throughput');

const sides = { publish, consume, insert, xadd, xread };
const events = await sides[process.argv[2] as keyof typeof sides]();
console.log(JSON.stringify({ 'events/s': events / seconds }));
process.exit();

/** From the transactions of the writers to the broker. */
async function publish(): Promise<number> {
  const broker = new RedisBroker({ url: REDIS_URL! });
  let published = 0;
  const counting = {
    publish: async (records: readonly BrokerRecord[]) => {
      await broker.publish(records);
      published += records.length;
    },
  };
  const relay = new OutboxRelay({ databaseUrl: DATABASE_URL!, broker: counting, onTrouble: (error) => console.error(error) }); // prettier-ignore
  const outbox = new Outbox({ service: 'throughput', publishes: [noted as unknown as EventContract] });
  outbox.onCommitted = () => relay.ring();
  relay.start();
  const write = () => transactions.run((tx) => outbox.publishAll(tx, noted, batch()));
  await write();
  published = 0;
  // As many as get out: a backlog that grows would be throughput of nobody.
  const mayWrite = () => count - published < 20 * BATCH;
  await during(async () => {
    if (mayWrite()) await write();
    else await new Promise((resolve) => setTimeout(resolve, 1));
  });
  return published;
}

/** From the broker to effects that have committed, each with its note in the inbox. */
async function consume(): Promise<number> {
  const broker = new RedisBroker({ url: REDIS_URL! });
  await fill((records) => broker.publish(records));
  let effects = 0;
  const provider: ConsumerProvider = {
    handleBatch: async (list, tx) => note(tx, list.map(({ data: each }) => each as { key: string; n: number })), // prettier-ignore
  };
  const group = new GroupConsumer({
    handlers: {
      group: topic,
      contracts: new Map([[noted.type, noted as unknown as EventContract]]),
      consumers: new Map([[noted.type, [provider]]]),
    },
    transactions,
    knows: new Set([noted.type]),
    onFailure: ({ error }) => console.error(error),
    onTrouble: (error) => console.error(error),
  });
  await broker.consume({ group: topic, topics: [topic], maxBatch: BATCH }, async (deliveries) => {
    await group.handle(deliveries);
    effects += deliveries.length;
  });
  while (!effects) await new Promise((resolve) => setTimeout(resolve, 1));
  const before = effects;
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  return effects - before;
}

async function insert(): Promise<number> {
  const before = count;
  await during(() => transactions.run((tx) => note(tx, batch())));
  return count - before;
}

async function xadd(): Promise<number> {
  const redis = new Redis(REDIS_URL!);
  const before = count;
  await during(() => add(redis, Array.from({ length: BATCH }, record)));
  return count - before;
}

async function xread(): Promise<number> {
  const redis = new Redis(REDIS_URL!);
  await fill((records) => add(redis, records));
  await redis.xgroup('CREATE', topic, 'group', '0');
  let read = 0;
  const since = performance.now();
  while (performance.now() < since + seconds * 1_000) {
    const answer = await redis.xreadgroup('GROUP', 'group', 'one', 'COUNT', BATCH, 'STREAMS', topic, '>');
    if (!answer) break; // all of it
    const [[, entries]] = answer as [[string, [string, string[]][]]];
    await redis.xack(topic, 'group', ...entries.map(([id]) => id));
    read += entries.length;
  }
  return (read * seconds * 1_000) / (performance.now() - since);
}

async function add(redis: Redis, records: readonly BrokerRecord[]): Promise<void> {
  const pipeline = redis.pipeline();
  for (const { key, value } of records) pipeline.xadd(topic, '*', 'key', key, 'value', value);
  await pipeline.exec();
}

async function fill(publishRecords: (records: readonly BrokerRecord[]) => Promise<void>): Promise<void> {
  for (let n = 0; n < seconds * PER_SECOND; n += 500) await publishRecords(Array.from({ length: 500 }, record));
}

async function note(tx: Transaction, list: readonly { key: string; n: number }[]): Promise<void> {
  const columns = [list.map(({ key }) => key), list.map(({ n }) => n)];
  await tx.query('INSERT INTO effects (key, n) SELECT * FROM unnest($1::text[], $2::integer[])', columns);
}

/** Some at the same time, again and again. */
async function during(work: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + seconds * 1_000;
  const worker = async () => {
    while (performance.now() < until) await work();
  };
  await Promise.all(Array.from({ length: WRITERS }, worker));
}
