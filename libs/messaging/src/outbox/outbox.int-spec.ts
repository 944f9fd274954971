import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@cairn/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerRecord } from '../broker/broker.ts';
import { MemoryBroker } from '../testing/memory.broker.ts';
import { MessagingDatabase } from '../testing/messaging-rig.ts';
import { notedOn } from '../testing/noted.events.ts';
import { gate } from '../testing/stage.ts';
import { LEASE_MS } from './lease.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { Outbox } from './outbox.service.ts';

const noted = notedOn('outbox');
const outbox = new Outbox({ service: 'test', publishes: [noted] });

let database: MessagingDatabase;
const running = new Set<OutboxRelay>();

beforeAll(async () => {
  database = await MessagingDatabase.create();
});
beforeEach(async () => {
  await Promise.all([...running].map((relay) => relay.stop()));
  running.clear();
  await database.dataSource.query('DELETE FROM outbox; DELETE FROM leases');
});
afterAll(async () => {
  await Promise.all([...running].map((relay) => relay.stop()));
  await database.close();
});

/** A broker that keeps what it is given; `deliver` may do something else with it. */
function fakeBroker(
  deliver: (records: readonly BrokerRecord[], keep: () => void) => Promise<void> | void = (_, keep) => keep(),
) {
  const sent: string[] = [];
  const keep = (records: readonly BrokerRecord[]) =>
    void sent.push(...records.map(({ value }) => JSON.parse(value).data).map(({ key, n }) => `${key} ${n}`));
  return { sent, publish: async (records: readonly BrokerRecord[]) => deliver(records, () => keep(records)) };
}

function relayTo(broker: Pick<MemoryBroker, 'publish'>, onTrouble: (trouble?: Error) => void = () => undefined) {
  const relay = new OutboxRelay({ databaseUrl: database.url, broker, onTrouble });
  running.add(relay);
  relay.start();
  return relay;
}

const publish = (key: string, n: number) => database.transactions.run((tx) => outbox.publish(tx, noted, { key, n }));

const waiting = async () => Number((await database.dataSource.query('SELECT count(*) FROM outbox'))[0].count);

const firsts = (sent: readonly string[]) => [...new Set(sent)];

describe('the order of a key', () => {
  test('is that of the commits, not of the first statements; who writes under another key waits for nobody', async () => {
    const broker = fakeBroker();
    relayTo(broker);
    const [hasBegun, mayPublish, hasPublished, mayCommit] = [gate(), gate(), gate(), gate()];
    const early = database.transactions.run(async (tx) => {
      await tx.query('SELECT 1');
      hasBegun.open();
      await mayPublish.passed;
      await outbox.publish(tx, noted, { key: 'a', n: 2 });
    });
    await hasBegun.passed;
    const late = database.transactions.run(async (tx) => {
      await outbox.publish(tx, noted, { key: 'a', n: 1 });
      hasPublished.open();
      await mayCommit.passed;
    });
    await hasPublished.passed;
    mayPublish.open();
    await publish('b', 1);
    await eventually(() => expect(broker.sent).toEqual(['b 1']));
    mayCommit.open();
    await Promise.all([early, late]);
    await eventually(() => expect(broker.sent).toEqual(['b 1', 'a 1', 'a 2']));
  });

  test('is that of the commits with many at once', async () => {
    await database.dataSource.query('DELETE FROM effects');
    const broker = fakeBroker();
    relayTo(broker);
    const writers = Array.from({ length: 60 }, (_, n) =>
      database.transactions.run(async (tx) => {
        const key = `key-${n % 3}`;
        await sleep(Math.random() * 10);
        await outbox.publish(tx, noted, { key, n });
        await sleep(Math.random() * 10);
        // The row that the event tells of: whoever has it commits next.
        await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`row of ${key}`]);
        await database.note(tx, 'rows', { eventId: '', key, n });
      }),
    );
    await Promise.all(writers);
    await eventually(() => expect(broker.sent).toHaveLength(60));
    const rows = await database.effects('rows');
    for (const key of ['key-0', 'key-1', 'key-2'])
      expect(broker.sent.filter((each) => each.startsWith(key))).toEqual(
        rows.filter((row) => row.key === key).map(({ n }) => `${key} ${n}`),
      );
  });

  test('is that of the list where many are published at once; two with the same keys in their lists wait for each other', async () => {
    const broker = fakeBroker();
    const list = Array.from({ length: 50 }, (_, n) => ({ key: `key-${n % 5}`, n }));
    const lists = [list, list.toReversed()];
    await Promise.all(lists.map((each) => database.transactions.run((tx) => outbox.publishAll(tx, noted, each))));
    relayTo(broker);
    await eventually(() => expect(broker.sent).toHaveLength(100));
    const [one, other] = lists.map((each) => each.map(({ key, n }) => `${key} ${n}`));
    expect([
      [...one!, ...other!],
      [...other!, ...one!],
    ]).toContainEqual(broker.sent);
  });

  test('two that publish under the same two keys the other way round both get through', async () => {
    const broker = fakeBroker();
    const [first, second] = [gate(), gate()];
    const both = (keys: readonly [string, string], mine: typeof first, other: typeof first, n: number) =>
      database.transactions.run(async (tx) => {
        await outbox.publish(tx, noted, { key: keys[0], n });
        mine.open();
        await other.passed;
        await outbox.publish(tx, noted, { key: keys[1], n });
      });
    await Promise.all([both(['a', 'b'], first, second, 1), both(['b', 'a'], second, first, 2)]);
    relayTo(broker);
    await eventually(() => expect(broker.sent.toSorted()).toEqual(['a 1', 'a 2', 'b 1', 'b 2']));
    const order = (key: string) => broker.sent.filter((each) => each.startsWith(key)).map((each) => each.at(-1));
    expect(order('a')).toEqual(order('b'));
  });
});

describe('the relay', () => {
  test('that dies between publishing and deleting publishes again; nothing is left out and nothing stays', async () => {
    let deaths = 0;
    const broker = fakeBroker(async (_, keep) => {
      keep();
      if (deaths++ < 2)
        await database.dataSource.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'outbox-relay' AND datname = current_database()`,
        ).catch(() => undefined); // prettier-ignore
    });
    for (let n = 0; n < 5; n++) await publish('a', n);
    relayTo(broker);
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(broker.sent.length).toBeGreaterThan(5);
    expect(firsts(broker.sent)).toEqual(['a 0', 'a 1', 'a 2', 'a 3', 'a 4']);
  });

  test('sends more than a batch, in order, and leaves nothing behind', async () => {
    const broker = fakeBroker();
    const relay = relayTo(broker);
    await database.transactions.run(async (tx) => {
      for (let n = 0; n < 1_200; n++) await outbox.publish(tx, noted, { key: `key-${n % 7}`, n });
    });
    relay.ring();
    await eventually(() => expect(broker.sent).toHaveLength(1_200));
    expect(broker.sent.map((each) => Number(each.split(' ')[1]))).toEqual(Array.from({ length: 1_200 }, (_, n) => n));
    await eventually(async () => expect(await waiting()).toBe(0));
  });

  test('is one of two; when it freezes the other one takes over, and what it does afterwards changes no order', async () => {
    const frozen = gate();
    let freezes = false;
    const sent: string[] = [];
    const into = (records: readonly BrokerRecord[]) =>
      void sent.push(...records.map(({ value }) => JSON.parse(value).data.n));
    let isInHand = false;
    const first = relayTo({
      publish: async (records) => {
        isInHand = true;
        if (freezes) await frozen.passed;
        into(records);
      },
    });
    await eventually(() => expect(first.isActive).toBe(true));
    const others: number[] = [];
    const second = relayTo({
      publish: async (records) => {
        others.push(records.length);
        into(records);
      },
    });
    for (let n = 0; n < 3; n++) await publish('a', n);
    first.ring();
    await eventually(() => expect(sent).toHaveLength(3));
    expect([first.isActive, second.isActive, others]).toEqual([true, false, []]);
    freezes = true;
    isInHand = false;
    await publish('a', 3);
    first.ring();
    await eventually(() => expect(isInHand).toBe(true));
    for (let n = 4; n < 8; n++) await publish('a', n);
    await eventually(() => expect(second.isActive).toBe(true), LEASE_MS + 2_000);
    await eventually(() => expect(firsts(sent.map(String))).toHaveLength(8));
    frozen.open();
    await eventually(() => expect(first.isActive).toBe(false));
    await publish('a', 8);
    second.ring();
    await eventually(() => expect(firsts(sent.map(String))).toHaveLength(9));
    expect(firsts(sent.map(String))).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
    expect(second.isActive).toBe(true);
  });

  test('that stops gives the lease to the one who stands by', async () => {
    const [first, second] = [relayTo(fakeBroker()), relayTo(fakeBroker())];
    await eventually(() => expect([first.isActive, second.isActive].sort()).toEqual([false, true]));
    const [active, other] = first.isActive ? [first, second] : [second, first];
    await active.stop();
    await eventually(() => expect(other.isActive).toBe(true), LEASE_MS);
  });

  test('is woken by a commit in another process', async () => {
    const broker = fakeBroker();
    const active = relayTo(broker);
    await eventually(() => expect(active.isActive).toBe(true));
    const standby = relayTo(fakeBroker());
    await publish('a', 1);
    await eventually(async () => {
      standby.ring();
      expect(broker.sent).toEqual(['a 1']);
    });
  });

  test('while the broker is away writes go on and what waits is shown; afterwards all of it goes out in order', async () => {
    let isAway = true;
    const broker = fakeBroker((_, keep) => {
      if (isAway) throw new Error('The broker is away');
      keep();
    });
    const troubles: (string | undefined)[] = [];
    const relay = relayTo(broker, (trouble) => troubles.push(trouble?.message));
    for (let n = 0; n < 20; n++) await publish(`key-${n % 2}`, n);
    await eventually(() => expect(relay.backlog.events).toBe(20));
    await eventually(() => expect(relay.backlog.age).toBeGreaterThan(1));
    expect(troubles).toEqual(['The broker is away']);
    isAway = false;
    await eventually(() => expect(broker.sent).toHaveLength(20), 10_000);
    expect(broker.sent.map((each) => Number(each.split(' ')[1]))).toEqual(Array.from({ length: 20 }, (_, n) => n));
    await eventually(() => expect(relay.backlog).toEqual({ events: 0, age: 0 }));
    expect(troubles).toEqual(['The broker is away', undefined]);
  });

  test('takes over from a dead one also when the clock of the database was set back', async () => {
    await database.dataSource.query(
      `INSERT INTO leases VALUES ('outbox-relay', 'dead', clock_timestamp() + interval '10 minutes')`,
    );
    const relay = relayTo(fakeBroker());
    await eventually(() => expect(relay.isActive).toBe(true));
  });

  test('of a database that goes away and comes back goes on', async () => {
    const broker = fakeBroker();
    const relay = relayTo(broker);
    await eventually(() => expect(relay.isActive).toBe(true));
    await database.dataSource.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'outbox-relay' AND datname = current_database()`,
    );
    await publish('a', 1);
    await eventually(() => expect(broker.sent).toEqual(['a 1']));
  });
});
