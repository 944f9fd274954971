import { freePort, Guardian, startKafka, stopChild, type RunningServer } from '@cairn/backing';
import { eventually } from '@cairn/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ConfigResourceTypes, Kafka, logLevel, type Consumer } from 'kafkajs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, BrokerRecord, Delivery } from '../broker/broker.ts';
import { KafkaBroker, type KafkaBrokerOptions } from './kafka.broker.ts';

/** What the contract cannot ask of every driver: what is Kafka's own, and a broker that is killed. So it has a Kafka of its own. */
const PATIENCE_MS = 30_000;
const SESSION_MS = 1_500;
const folder = mkdtempSync(path.join(tmpdir(), 'cairn-kafka-'));
const guardian = new Guardian();
const brokers: Broker[] = [];
let port: number;
let server: RunningServer;

const start = async () => {
  server = await startKafka({ folder, port, onSpawn: (child, signal) => guardian.watch(child, signal) });
};
beforeAll(async () => {
  port = await freePort();
  await start();
}, 60_000);
afterEach(() => Promise.all(brokers.splice(0).map((broker) => broker.close())), 60_000);
afterAll(async () => {
  await stopChild(server.process, 'SIGKILL', 1_000);
  guardian.dismiss();
  rmSync(folder, { recursive: true, force: true });
});

/** As another process has it. */
function connect(options: Partial<KafkaBrokerOptions> = {}): KafkaBroker {
  const broker = new KafkaBroker({ brokers: [server.url], clientId: 'test', sessionMs: SESSION_MS, ...options });
  brokers.push(broker);
  return broker;
}
const numbered = (topic: string, keys: number, from: number, to: number): BrokerRecord[] =>
  Array.from({ length: to - from }, (_, n) =>
    Array.from({ length: keys }, (_, key) => ({ topic, key: `key-${key}`, value: String(from + n), headers: {} })),
  ).flat();
const soon = <T>(assertion: () => T | Promise<T>) => eventually(assertion, PATIENCE_MS);

test('a broker that is killed and comes back: publish says so, nothing is lost, order holds, all go on by themselves', async () => {
  const topic = 'killed';
  const [publisher, handled, heard] = [connect(), [] as Delivery[], [] as Delivery[]];
  await connect().consume(
    { group: 'killed', topics: [topic], maxBatch: 20 },
    async (batch) => void handled.push(...batch),
  );
  await connect().listen([topic], (delivery) => heard.push(delivery));
  await publisher.publish(numbered(topic, 10, 0, 10));
  await soon(() => expect(handled.length).toBeGreaterThanOrEqual(100));

  await stopChild(server.process, 'SIGKILL', 1_000);
  await expect(publisher.publish(numbered(topic, 10, 10, 20))).rejects.toThrow();
  await expect(publisher.check()).rejects.toThrow();
  await start();

  await soon(() => publisher.check());
  await soon(() => publisher.publish(numbered(topic, 10, 10, 20)));
  await publisher.publish(numbered(topic, 10, 20, 30));
  for (const all of [handled, heard])
    await soon(() => {
      const byKey = Map.groupBy(all, ({ key }) => key);
      for (const each of byKey.values())
        expect([...new Set(each.map(({ value }) => Number(value)))]).toEqual(Array.from({ length: 30 }, (_, n) => n));
      expect(byKey.size).toBe(10);
    });
}, 120_000);

test('a call that takes longer than the session keeps its partition', async () => {
  const topic = 'slow';
  const calls: string[] = [];
  const done: string[] = [];
  const take = (name: string) =>
    connect().consume({ group: 'slow', topics: [topic], maxBatch: 10 }, async (batch) => {
      calls.push(name);
      await sleep(SESSION_MS * 2);
      done.push(...batch.map(({ value }) => value));
    });
  await take('first');
  await connect().publish(numbered(topic, 1, 0, 5));
  await soon(() => expect(done).toEqual(['0', '1', '2', '3', '4']));
  expect(calls).toEqual(['first']);
}, 60_000);

test('who joins gets what others have under way only once it is done with', async () => {
  const topic = 'handed-over';
  const underWay = Promise.withResolvers<void>();
  const [first, second]: Delivery[][] = [[], []];
  await connect().consume({ group: 'handed-over', topics: [topic], maxBatch: 100 }, (batch) => {
    first!.push(...batch);
    return underWay.promise;
  });
  await connect().publish(numbered(topic, 40, 0, 1));
  await soon(() => expect(first).toHaveLength(40)); // a call in each partition
  const joining = connect().consume({ group: 'handed-over', topics: [topic], maxBatch: 100 }, async (batch) => {
    second!.push(...batch);
  });
  await sleep(SESSION_MS / 2); // the group forms anew in the meantime
  underWay.resolve();
  await joining;
  await connect().publish(numbered(topic, 40, 1, 2));
  await soon(() => expect(first!.length + second!.length).toBeGreaterThanOrEqual(80));
  expect(second!.length).toBeGreaterThan(0);
  expect(second!.every(({ value }) => value === '1')).toBe(true);
}, 60_000);

test('a consumer that ends while a full partition is left out takes nobody with it', async () => {
  const topic = 'ended';
  const handled: string[] = [];
  const consumption = await connect().consume({ group: 'ended', topics: [topic], maxBatch: 1 }, async (batch) => {
    handled.push(...batch.map(({ value }) => value));
  });
  consumption.pause();
  await connect().publish(numbered(topic, 1, 0, 1));
  const { consumer } = (consumption as unknown as { member: { consumer: Consumer } }).member;
  await soon(() => expect(consumer.paused()).toHaveLength(1));
  await consumer.stop(); // as kafkajs does by itself when it gives up, some time before it says so
  consumption.resume();
  await soon(() => expect(handled).toEqual(['0']));
}, 60_000);

test('topics are made with all partitions though several make them at once; a listener leaves no group behind', async () => {
  await Promise.all([1, 2, 3].map((n) => connect().publish(numbered('made', n, 0, 1))));
  const listening = await connect().listen(['made', 'unheard-of'], () => undefined);
  const admin = new Kafka({ brokers: [server.url], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: ['made', 'unheard-of'] });
    expect(topics.map(({ partitions }) => partitions.length)).toEqual([8, 8]);
    const groups = async () =>
      (await admin.listGroups()).groups.filter(({ groupId }) => groupId.startsWith('listening-'));
    const groupId = (await groups())[0]!.groupId;
    const offsets = await admin.fetchOffsets({ groupId, topics: ['made'] });
    expect(offsets[0]!.partitions.every(({ offset }) => offset === '-1')).toBe(true); // it has acknowledged nothing
    await listening.stop();
    expect((await groups()).map((each) => each.groupId)).not.toContain(groupId);
  } finally {
    await admin.disconnect();
  }
}, 60_000);

test('topics keep what is in them for ever, or as long as is said', async () => {
  await connect().publish(numbered('kept', 1, 0, 1));
  await connect({ retentionMs: 86_400_000 }).publish(numbered('passing', 1, 0, 1));
  const admin = new Kafka({ brokers: [server.url], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const resources = ['kept', 'passing'].map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames: ['retention.ms'] })); // prettier-ignore
    const { resources: found } = await admin.describeConfigs({ resources, includeSynonyms: false });
    expect(found.map(({ configEntries }) => configEntries[0]!.configValue)).toEqual(['-1', '86400000']);
  } finally {
    await admin.disconnect();
  }
}, 60_000);
