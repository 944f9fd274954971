import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@cairn/testing';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrokerRecord } from '../broker/broker.ts';
import { Facts } from '../facts.service.ts';
import { SpoolIsFull } from '../messaging.errors.ts';
import { MemoryBroker } from '../testing/memory.broker.ts';
import { notedOn } from '../testing/noted.events.ts';
import { FactSender } from './fact-sender.ts';
import { encode } from './segment.ts';
import { Spool } from './spool.ts';

/** Goes away, falls silent and refuses as it is told. Tongue-tied it takes what comes without a word, and goes away. */
class MoodyBroker extends MemoryBroker {
  mood: 'well' | 'away' | 'silent' | 'tongue-tied' = 'well';
  readonly got: string[] = [];
  calls = 0;
  checks = 0;
  readonly poison = new Set<string>();

  override async publish(records: readonly BrokerRecord[]): Promise<void> {
    this.calls++;
    if (this.mood === 'silent') return new Promise(() => undefined);
    if (this.mood === 'tongue-tied') {
      this.mood = 'away';
      this.got.push(...records.map(({ value }) => value));
      return new Promise(() => undefined);
    }
    await this.check();
    if (records.some(({ value }) => this.poison.has(value))) throw new Error('too big');
    this.got.push(...records.map(({ value }) => value));
  }

  override async check(): Promise<void> {
    this.checks++;
    if (this.mood !== 'well') throw new Error('away');
  }
}

let shared: string;
let broker: MoodyBroker;
let spool: Spool;
let sender: FactSender;
let told: string[];

beforeEach(async () => {
  shared = await mkdtemp(path.join(tmpdir(), 'facts-'));
  broker = new MoodyBroker();
  await begin();
});
afterEach(async () => {
  await sender.stop();
  await rm(shared, { recursive: true });
});

async function begin(maxBytes = 1e6) {
  spool = new Spool(shared, maxBytes);
  told = [];
  sender = new FactSender({
    broker,
    spool,
    onTrouble: (trouble) => told.push(trouble?.message ?? 'well'),
    onRefused: ({ value }, { message }) => told.push(`${value}: ${message}`),
    onTorn: (file, bytes) => told.push(`${path.extname(file)}: ${bytes}`),
  });
  await sender.start();
}
const publish = (value: number | string) => sender.publish({ topic: 't', key: 'k', headers: {}, value: String(value) });

test('while all is well nothing is on the disk', async () => {
  await Promise.all([1, 2, 3].map(publish));
  expect([broker.got, spool.size, told]).toEqual([['1', '2', '3'], 0, []]);
});

test('while the broker is away facts are taken; when it is back they are sent in order, and those after them go straight to it', async () => {
  broker.mood = 'away';
  for (const n of [1, 2, 3]) await publish(n);
  expect(spool.size).toBeGreaterThan(0);
  broker.mood = 'well';
  await eventually(() => expect(broker.got).toEqual(['1', '2', '3']));
  await eventually(() => expect([spool.size, told]).toEqual([0, ['away', 'well']]));
  await publish(4);
  expect(broker.got).toEqual(['1', '2', '3', '4']);
});

test('only the first wait for a broker that has fallen silent', async () => {
  broker.mood = 'silent';
  await Promise.all([1, 2].map(publish)); // those that were under way
  const { calls } = broker;
  await Promise.all(Array.from({ length: 100 }, (_, n) => publish(n + 3)));
  expect(broker.calls - calls).toBeLessThanOrEqual(1); // the drainer's
});

test('what the broker has taken without a word comes again as the same event, which is handled once', async () => {
  const noted = notedOn('facts');
  const facts = new Facts(broker, { service: 'test', publishes: [noted] }, sender);
  broker.mood = 'tongue-tied';
  await facts.appendFact(noted, { key: 'a', n: 1 });
  expect([broker.got.length, spool.isEmpty]).toEqual([1, false]);
  broker.mood = 'well';
  await eventually(() => expect(broker.got).toHaveLength(2));
  expect(broker.got[1]).toBe(broker.got[0]); // its id with it
});

test('beyond the bound facts are refused and counted, and that is said once', async () => {
  await sender.stop();
  await begin(500);
  broker.mood = 'away';
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => publish(n)));
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  for (const each of refused) expect(each).toMatchObject({ reason: expect.any(SpoolIsFull) });
  expect(refused.length).toBeGreaterThan(30);
  expect(sender.dropped).toBe(refused.length);
  const { checks } = broker;
  await eventually(() => expect(broker.checks).toBeGreaterThan(checks + 2)); // the drainer's, which are trouble of another kind
  await expect(publish(50)).rejects.toBeInstanceOf(SpoolIsFull);
  expect(told).toEqual(['away', new SpoolIsFull().message]);
  broker.mood = 'well';
  await eventually(() => expect(broker.got).toHaveLength(50 - refused.length));
});

test('what the broker refuses for itself is set aside, and holds up nobody', async () => {
  broker.poison.add('2');
  broker.mood = 'away';
  await Promise.all([1, 2, 3].map(publish));
  broker.mood = 'well';
  await eventually(() => expect([...new Set(broker.got)]).toEqual(['1', '3']));
  await eventually(() => expect([spool.size, sender.dropped]).toEqual([0, 1]));
  expect(told).toContain('2: too big');
});

test('who stops while the broker is away leaves the rest to the next process', async () => {
  broker.mood = 'away';
  await publish(1);
  await sender.stop();
  expect(broker.got).toEqual([]);
  broker.mood = 'well';
  await begin();
  await eventually(() => expect(broker.got).toEqual(['1']));
});

test('who stops while all is well sends what is left before it goes', async () => {
  broker.mood = 'away';
  await publish(1);
  broker.mood = 'well';
  await eventually(() => expect(told).toContain('well'));
  await spool.append({ topic: 't', key: 'k', headers: {}, value: '2' });
  await sender.stop();
  expect(broker.got).toEqual(['1', '2']);
});

/** What a process left that was killed long ago. */
async function leftByTheDead(...records: Buffer[]): Promise<Buffer> {
  const dead = path.join(shared, 'dead');
  await mkdir(dead);
  await writeFile(path.join(dead, '000001764061200000-dead.spool'), Buffer.concat(records));
  await utimes(dead, 0, 0);
  return Buffer.concat(records);
}
const encoded = (value: string) => encode({ topic: 't', key: 'k', headers: {}, value });

test('of a segment with a flipped bit all other facts are sent; the file is kept, and that is said once', async () => {
  await sender.stop();
  const damaged = encoded('2');
  damaged[damaged.indexOf('"2"') + 1]! ^= 1;
  const bytes = await leftByTheDead(encoded('1'), damaged, encoded('3'));
  await begin();
  await eventually(() => expect(broker.got).toEqual(['1', '3']));
  await eventually(() => expect(told).toEqual([`.torn: ${damaged.length}`]));
  expect([spool.size, spool.tornBytes]).toEqual([0, damaged.length]);
  expect(await readFile(path.join(shared, '000001764061200000-dead.torn'))).toEqual(bytes);
});

test('what a dead process has left fills the share of who lives, also while the broker is away', async () => {
  await sender.stop();
  await begin(1_000);
  broker.mood = 'away';
  await publish(1);
  const { size: own } = spool;
  const { length: left } = await leftByTheDead(encoded('x'.repeat(900)));
  await eventually(() => expect(spool.size).toBe(own + left));
  await expect(publish(2)).rejects.toBeInstanceOf(SpoolIsFull);
});
