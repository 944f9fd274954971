import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CloudEvent, EventContract, EventData } from '@cairn/contracts/events';
import { Transactions, type Transaction } from '@cairn/database';
import { eventually } from '@cairn/testing';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { Delivery } from '../broker/broker.ts';
import { toRecord } from '../cloud-events.ts';
import { CannotBeHandled } from '../messaging.errors.ts';
import { MessagingDatabase } from '../testing/messaging-rig.ts';
import { notedOn, type Noted } from '../testing/noted.events.ts';
import { gate } from '../testing/stage.ts';
import type { ConsumerProvider } from './consumer.decorator.ts';
import { GroupConsumer, type GroupConsumerOptions } from './group-consumer.ts';

const noted = notedOn('noted');
type NotedEvent = CloudEvent<EventData<Noted>>;
type Before = (event: NotedEvent, tx: Transaction) => unknown;

let database: MessagingDatabase;
const running = new Set<GroupConsumer>();

beforeAll(async () => {
  database = await MessagingDatabase.create();
});
afterAll(async () => {
  await Promise.all([...running].map((each) => each.stop()));
  await database.close();
});

/** A group of its own; `instance` makes one more process of it. What it does, after `before`, is written into the effects. */
function aGroup(
  before: Before = () => undefined,
  { paceMs, ...rest }: Partial<GroupConsumerOptions> & { paceMs?: number } = {},
) {
  const group = randomUUID();
  const failures: { attempts: number; isDead: boolean }[] = [];
  const handle: ConsumerProvider<Noted>['handle'] = async (event, tx) => {
    await before(event, tx);
    await database.note(tx, group, { eventId: event.id, ...event.data });
  };
  const instance = () => {
    const consumer = new GroupConsumer({
      handlers: {
        group,
        paceMs,
        contracts: new Map([[noted.type, noted as unknown as EventContract]]),
        consumers: new Map([[noted.type, [{ handle } as unknown as ConsumerProvider]]]),
      },
      transactions: database.transactions,
      knows: new Set([noted.type]),
      retries: { maxAttempts: 4, firstMs: 2, maxMs: 10 },
      ...rest,
      onFailure: ({ attempts, isDead }) => failures.push({ attempts, isDead }),
      onTrouble: () => undefined,
    });
    consumer.start();
    running.add(consumer);
    return consumer;
  };
  const effects = async (key: string) =>
    (await database.effects(group)).filter((each) => each.key === key).map(({ n }) => n);
  return { group, instance, effects, failures, parked: () => database.parked(group) };
}

let position = 0;
const delivery = (key: string, n: number): Delivery => ({
  ...toRecord(noted, { key, n }, 'test'),
  position: `noted/0/${position++}`,
});
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

test('a zombie and the new owner with the same batch at the same time: each effect once, in order', async () => {
  const { instance, effects, parked } = aGroup(() => sleep(1));
  const [zombie, owner] = [instance(), instance()];
  const batches = upTo(10).map((batch) => upTo(10).map((n) => delivery(`key-${n % 2}`, batch * 5 + Math.floor(n / 2))));
  for (const batch of batches)
    await Promise.all([zombie.handle(batch), owner.handle(batch.slice(0, 7)).then(() => owner.handle(batch))]);
  expect(await effects('key-0')).toEqual(upTo(50));
  expect(await effects('key-1')).toEqual(upTo(50));
  expect((await parked()).map(({ key, state }) => `${key} ${state}`)).toEqual([]);
});

test('the same, with events that fail for a while and one that is poison', async () => {
  const tries = new Map<string, number>();
  const { instance, effects, parked } = aGroup(async ({ data: { key, n } }) => {
    await sleep(Math.random() * 2);
    if (key === 'poison' && n === 5) throw new CannotBeHandled('poison');
    const times = (tries.get(`${key} ${n}`) ?? 0) + 1;
    tries.set(`${key} ${n}`, times);
    // A batch, alone, and twice from where it is parked, in one process; the zombie may add to that, never take away.
    if (key === 'shaky' && n % 7 === 3 && times < 4) throw new Error('not now');
  });
  const [zombie, owner] = [instance(), instance()];
  for (let batch = 0; batch < 6; batch++) {
    const deliveries = upTo(5).flatMap((n) => ['shaky', 'poison', 'sound'].map((key) => delivery(key, batch * 5 + n)));
    await Promise.all([zombie.handle(deliveries), sleep(Math.random() * 5).then(() => owner.handle(deliveries))]);
  }
  await eventually(async () => expect(await effects('shaky')).toEqual(upTo(30)));
  expect(await effects('sound')).toEqual(upTo(30));
  expect(await effects('poison')).toEqual(upTo(5));
  const states = (await parked()).map(({ n: _, ...each }) => each.state);
  expect(states).toEqual(['dead', ...Array<string>(24).fill('waiting')]);
});

test('an event that comes while the parked one before it is being tried again waits for it', async () => {
  const [isTried, mayGoOn] = [gate(), gate()];
  let tries = 0;
  const { instance, effects, parked } = aGroup(async ({ data: { n } }) => {
    if (n !== 0 || ++tries < 3) {
      if (n === 0) throw new Error('not now');
      return;
    }
    isTried.open();
    await mayGoOn.passed;
  });
  const consumer = instance();
  await consumer.handle([delivery('key', 0)]);
  await isTried.passed;
  await consumer.handle([delivery('key', 1), delivery('other', 1)]);
  expect((await parked()).map(({ state }) => state)).toEqual(['retrying', 'waiting']);
  expect(await effects('other')).toEqual([1]);
  mayGoOn.open();
  await eventually(async () => expect(await effects('key')).toEqual([0, 1]));
  await consumer.handle([delivery('key', 2)]);
  await eventually(async () => expect(await effects('key')).toEqual([0, 1, 2]));
  expect((await parked()).map(({ key, state }) => `${key} ${state}`)).toEqual([]);
});

test('events that come in the very moment in which the parked one is done with keep their order', async () => {
  const keys = upTo(40).map((n) => `key-${n}`);
  const tries = new Map<string, number>();
  const { instance, effects, parked } = aGroup(({ data: { key, n } }) => {
    const times = (tries.get(key) ?? 0) + Number(n === 0);
    tries.set(key, times);
    if (n === 0 && times < 3) throw new Error('not now');
  });
  const consumers = [instance(), instance()];
  await Promise.all(
    keys.map(async (key, index) => {
      for (let n = 0; n < 6; n++) {
        await consumers[index % 2]!.handle([delivery(key, n)]);
        await sleep(Math.random() * 6);
      }
    }),
  );
  await eventually(async () => expect((await parked()).map(({ key, state }) => `${key} ${state}`)).toEqual([]), 10_000);
  for (const key of keys) expect([key, await effects(key)]).toEqual([key, upTo(6)]);
});

test('two instances that try again at once never have one event in hand both', async () => {
  const inHand = new Set<string>();
  const clashes: string[] = [];
  const tries = new Map<string, number>();
  const { instance, effects, failures } = aGroup(async ({ id }) => {
    const times = (tries.get(id) ?? 0) + 1;
    tries.set(id, times);
    if (inHand.has(id)) clashes.push(id);
    inHand.add(id);
    await sleep(3);
    inHand.delete(id);
    if (times < 4) throw new Error('not now');
  });
  const [one] = [instance(), instance(), instance()];
  await one.handle(upTo(20).map((n) => delivery(`key-${n}`, 0)));
  await eventually(async () => {
    for (const n of upTo(20)) expect(await effects(`key-${n}`)).toEqual([0]);
  }, 10_000);
  expect(clashes).toEqual([]);
  expect(failures.some(({ isDead }) => isDead)).toBe(false);
});

test('a poison event of each of many keys holds up its own key only; replayed, each goes on where it stood', async () => {
  let isMended = false;
  const keys = upTo(30).map((n) => `key-${n}`);
  const { group, instance, effects, parked } = aGroup(({ data: { n } }) => {
    if (!isMended && n === 1) throw new CannotBeHandled('poison');
  });
  const [one, two] = [instance(), instance()];
  for (const n of upTo(4)) await one.handle(keys.map((key) => delivery(key, n)));
  await one.handle([delivery('sound', 0)]);
  expect(await effects('sound')).toEqual([0]);
  expect((await parked()).filter(({ state }) => state === 'dead')).toHaveLength(30);
  isMended = true;
  for (const { eventId, state } of await parked()) if (state === 'dead') await database.replay(group, eventId);
  await two.handle(keys.map((key) => delivery(key, 4)));
  await eventually(async () => expect((await parked()).map(({ key, state }) => `${key} ${state}`)).toEqual([]), 10_000);
  for (const key of keys) expect([key, await effects(key)]).toEqual([key, upTo(5)]);
});

test('what its own handler leaves half done is not there, and a connection that is cut costs nothing', async () => {
  let cuts = 0;
  const { group, instance, effects } = aGroup(async ({ id, data: { n } }, tx) => {
    if (n !== 2 || cuts++ > 0) return;
    await database.note(tx, group, { eventId: id, key: 'half', n });
    const [{ pid }] = await tx.query('SELECT pg_backend_pid() AS pid');
    await database.dataSource.query('SELECT pg_terminate_backend($1)', [pid]);
  });
  const consumer = instance();
  await consumer.handle(upTo(5).map((n) => delivery('key', n)));
  await eventually(async () => expect(await effects('key')).toEqual(upTo(5)));
  expect(await effects('half')).toEqual([]);
});

test('with the database away nothing is acknowledged', async () => {
  const { group, instance, effects } = aGroup();
  const away = { run: () => Promise.reject(new Error('away')) };
  const consumer = new GroupConsumer({ ...instance()['options'], transactions: away as never });
  const batch = [delivery('key', 0)];
  await expect(consumer.handle(batch)).rejects.toThrow('away');
  await instance().handle(batch);
  expect([group, await effects('key')]).toEqual([group, [0]]);
});

const good = () => toRecord(noted, { key: 'good', n: 1 }, 'test');
test.each([
  ['value', { ...good(), value: 'no JSON \0' }],
  ['key', { ...good(), key: 'k\0', value: 'no JSON' }],
  ['long key', { ...good(), key: 'k'.repeat(10_000), value: 'no JSON' }],
  ['header', { ...good(), headers: { a: '\0' }, value: 'no JSON' }],
  ['id', { ...good(), value: JSON.stringify({ ...JSON.parse(good().value), id: 'a\0' }) }],
  ['long id', { ...good(), value: JSON.stringify({ ...JSON.parse(good().value), id: 'a'.repeat(10_000) }) }],
  ['error', good()],
])('what PostgreSQL cannot store in a %s does not stop the partition: it is parked', async (what, record) => {
  const group = aGroup(() => {
    throw new CannotBeHandled('cannot read "\0"');
  });
  await group.instance().handle([{ ...record, position: `noted/0/${what}` }]);
  expect(await group.parked()).toMatchObject([{ state: 'dead' }]);
});

test('of two events that make the same row at once, who loses the race is tried again', async () => {
  const bothHaveLooked = gate();
  let looked = 0;
  const group = aGroup(async (_event, tx) => {
    const [found] = await tx.query(`SELECT FROM leases WHERE name = 'made by two'`);
    if (++looked === 2) bothHaveLooked.open();
    await bothHaveLooked.passed;
    if (!found) await tx.query(`INSERT INTO leases VALUES ('made by two', 'one of them', now())`);
  });
  const consumer = group.instance();
  const delivery = (key: string) => ({ ...toRecord(noted, { key, n: 1 }, 'test'), position: key });
  await Promise.all(['left', 'right'].map((key) => consumer.handle([delivery(key)]))); // of two partitions
  for (const key of ['left', 'right']) await eventually(async () => expect(await group.effects(key)).toEqual([1]));
  expect(group.failures).toEqual([{ attempts: 1, isDead: false }]);
});

test('a handler that never answers holds up its own key, and what it had begun never commits', async () => {
  // As in a service: a lock is waited for for less long than an idle transaction would keep it.
  const extra = { idle_in_transaction_session_timeout: 4_000, lock_timeout: 1_000 };
  const own = await new DataSource({ type: 'postgres', url: database.url, extra }).initialize();
  const answers = gate();
  let calls = 0;
  const tooLate = randomUUID();
  const group = aGroup(
    async ({ data: { key } }, tx) => {
      if (key !== 'stuck' || ++calls > 2) return; // in the batch, and by itself
      await answers.passed;
      await database.note(tx, tooLate, { eventId: randomUUID(), key, n: 0 });
    },
    { handleMs: 300, transactions: new Transactions(own) },
  );
  const consumer = group.instance();
  const all = ['stuck', 'a', 'b', 'c'].map((key) => delivery(key, 1));
  await eventually(() => consumer.handle(all), 10_000); // as a broker does it
  for (const key of ['a', 'b', 'c']) await eventually(async () => expect(await group.effects(key)).toEqual([1]));
  await eventually(async () => expect(await group.effects('stuck')).toEqual([1]));
  answers.open();
  await consumer.stop();
  await own.destroy();
  expect(await database.effects(tooLate)).toEqual([]);
});

test('one that never answers, however often it is asked, is dead at last', async () => {
  const extra = { idle_in_transaction_session_timeout: 4_000, lock_timeout: 1_000 };
  const own = await new DataSource({ type: 'postgres', url: database.url, extra }).initialize();
  const group = aGroup(
    async ({ data: { key } }) => {
      if (key === 'stuck') await new Promise(() => undefined);
    },
    { handleMs: 200, transactions: new Transactions(own) },
  );
  const consumer = group.instance();
  await consumer.handle(['stuck', 'a', 'b'].map((key) => delivery(key, 1)));
  // On a busy machine theirs may take too long as well: then they are tried again.
  for (const key of ['a', 'b']) await eventually(async () => expect(await group.effects(key)).toEqual([1]));
  await eventually(async () => expect(await group.parked()).toMatchObject([{ key: 'stuck', state: 'dead' }]));
  await consumer.stop();
});

test('a group with a pace takes no further batch until it is time, unless there is more than one holds, or it stops', async () => {
  const { instance, effects } = aGroup(undefined, { paceMs: 3_600_000, maxBatch: 2 });
  const consumer = instance();
  await consumer.handle([delivery('key', 0), delivery('key', 1)]);
  let isNextDue = false;
  const last = consumer.handle([delivery('key', 2)]).then(() => (isNextDue = true));
  await eventually(async () => expect(await effects('key')).toEqual([0, 1, 2]));
  expect(isNextDue).toBe(false);
  await consumer.stop();
  await last;
});
