import { afterAll, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Guardian } from './guardian.ts';
import { startKafka } from './kafka.ts';
import { freePort, stopChild } from './server.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'cairn-kafka-'));
const guardian = new Guardian();
const start = (port: number) => startKafka({ folder, port, onSpawn: (child, signal) => guardian.watch(child, signal) });

afterAll(() => {
  guardian.dismiss();
  rmSync(folder, { recursive: true, force: true });
});

const ask = async <T>(url: string, work: (kafka: Kafka) => Promise<T>): Promise<T> =>
  work(new Kafka({ brokers: [url], logLevel: logLevel.NOTHING, retry: { retries: 0 } }));

const offsets = (kafka: Kafka) => {
  const admin = kafka.admin();
  return admin
    .connect()
    .then(() => admin.fetchTopicOffsets('notes'))
    .finally(() => admin.disconnect());
};

test('answers at once when it has started, keeps over kill -9 what it has acknowledged, and says whose port is taken', async () => {
  const port = await freePort();
  const first = await start(port);
  expect(first.url).toBe(`127.0.0.1:${port}`);
  await ask(first.url, async (kafka) => {
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'notes', numPartitions: 1 }] });
    await admin.disconnect();
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: 'notes', messages: [{ value: 'kept' }, { value: 'too' }] });
    await producer.disconnect();
  });
  await expect(start(port)).rejects.toThrow(/Port \d+ \(Kafka\) is in use|Another Kafka runs on/);

  await stopChild(first.process, 'SIGKILL', 1_000);
  const second = await start(port);
  expect(await ask(second.url, offsets)).toMatchObject([{ offset: '2' }]);
  await stopChild(second.process, second.stopSignal, 10_000);
  expect(second.process.signalCode).toBeNull(); // in order
}, 60_000);
