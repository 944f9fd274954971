import { freePort, Guardian, startRedis, stopChild } from '@cairn/backing';
import { createTestRedis, eventually, type TestRedis } from '@cairn/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrokerRecord, Delivery, Handle } from '../broker/broker.ts';
import { partitionOf } from '../broker/partition-of.ts';
import { connected, openRedis } from './redis.client.ts';
import { RedisBroker, type RedisBrokerOptions } from './redis.broker.ts';

let brokers: RedisBroker[] = [];
/** What a test that failed left shut. */
let gates: PromiseWithResolvers<void>[] = [];
let database: TestRedis;
let redis: Redis;

beforeAll(async () => {
  database = await createTestRedis();
  redis = new Redis(database.url);
});
beforeEach(() => redis.flushdb());
afterEach(async () => {
  gates.forEach((gate) => gate.resolve());
  gates = [];
  const open = brokers;
  brokers = [];
  await Promise.all(open.map((broker) => broker.close()));
});
afterAll(async () => {
  redis.disconnect();
  await database.drop();
});

function open(options: Partial<RedisBrokerOptions> = {}): RedisBroker {
  const broker = new RedisBroker({ url: database.url, ...options });
  brokers.push(broker);
  return broker;
}

function shut(): PromiseWithResolvers<void> {
  const gate = Promise.withResolvers<void>();
  gates.push(gate);
  return gate;
}

const record = (value: number | string, key = 'ada'): BrokerRecord => ({
  topic: 'blog',
  key,
  headers: { traceparent: `00-${value}` },
  value: String(value),
});
const records = (from: number, to: number, key?: string) =>
  Array.from({ length: to - from }, (_, i) => record(from + i, key ?? `key-${(from + i) % 40}`));
const blog = { group: 'readers', topics: ['blog'], maxBatch: 10 };
const streamOfKey = (key: string) => `events:{blog}:${partitionOf(key, 8)}`;
const values = (deliveries: readonly Delivery[]) => deliveries.map(({ value }) => Number(value));

/** Those that are handled, in order, and how many calls of `handle` are under way by partition. */
function recorder(work: Handle = async () => {}) {
  const got: Delivery[] = [];
  const handle: Handle = async (deliveries) => {
    await work(deliveries);
    got.push(...deliveries);
  };
  return { got, handle };
}

/** Of each key what came first came in order, whatever came again. */
function expectOrder(got: readonly Delivery[]): void {
  for (const [, ofKey] of Map.groupBy(got, ({ key }) => key)) {
    const first = [...new Set(values(ofKey))];
    expect(first).toEqual(first.toSorted((a, b) => a - b));
  }
}

/** Which partitions each owner holds by Redis. */
async function owners(topic = 'blog', group = 'readers'): Promise<Map<string, number[]>> {
  const leases = await redis.hgetall(`events:{${topic}}:group:${group}:leases`);
  const held = Object.entries(leases).map(([partition, lease]) => [lease.split(' ')[1]!, Number(partition)] as const);
  const byOwner = Map.groupBy(held, ([owner]) => owner);
  return new Map([...byOwner].map(([owner, each]) => [owner, each.map(([, partition]) => partition)]));
}
/** Somebody else has all of it. */
const takenFrom = (former: readonly string[]) =>
  eventually(async () => {
    const now = [...(await owners()).keys()];
    expect(now).toHaveLength(1);
    expect(former).not.toEqual(now);
  }, 6_000);

const shares = async () => [...(await owners()).values()].map(({ length }) => length).toSorted();

const pendingIn = async (stream: string, group = 'readers') =>
  Number(((await redis.xpending(stream, group)) as unknown[])[0]);

describe('publishing', () => {
  test('a record arrives as it was sent, in the stream of its key', async () => {
    const broker = open();
    await broker.publish([record('Zoë\n"1"')]);
    const { got, handle } = recorder();
    await broker.consume(blog, handle);
    await eventually(() => expect(got).toHaveLength(1));
    const [entry] = await redis.xrange(streamOfKey('ada'), '-', '+');
    expect(got).toEqual([{ ...record('Zoë\n"1"'), position: `blog/${partitionOf('ada', 8)}/${entry![0]}` }]);
  });

  test('all of a list is there or nothing of it, also when Redis becomes full in the middle', async () => {
    const own = await startOwnRedis();
    const admin = new Redis(own.url);
    const broker = open({ url: own.url });
    const list = Array.from({ length: 200 }, (_, i) => ({ ...record(i), value: 'x'.repeat(10_000) }));
    await broker.publish(list.slice(0, 1));
    const used = Number(/used_memory:(\d+)/.exec(await admin.info('memory'))![1]);
    await admin.config('SET', 'maxmemory', used + 500_000);
    for (let i = 0; i < 3; i++) {
      const had = await admin.xlen(streamOfKey('ada'));
      const isThere = await broker.publish(list).then(
        () => true,
        () => false,
      );
      expect(await admin.xlen(streamOfKey('ada'))).toBe(isThere ? had + 200 : had);
    }
    await expect(broker.publish(list)).rejects.toThrow(/OOM/);
    await admin.config('SET', 'maxmemory', 1);
    await expect(broker.check()).rejects.toThrow(/OOM/);
    await admin.config('SET', 'maxmemory', 0);
    await broker.publish(list);
    await broker.check();
    await broker.close();
    admin.disconnect();
    await own.stop();
  });

  test('who has another opinion of the number of partitions follows the first', async () => {
    await open({ partitions: 3 }).publish(records(0, 100));
    const other = open({ partitions: 8 });
    await other.publish(records(100, 200));
    const { got, handle } = recorder();
    await other.consume(blog, handle);
    await eventually(() => expect(got).toHaveLength(200));
    expect(await redis.keys('events:{blog}:?')).toHaveLength(3);
    expectOrder(got);
  });

  test('an unreachable Redis: publish and consume reject, and work once it is there', async () => {
    const proxy = await startProxy(Number(new URL(database.url).port));
    const broker = open({ url: database.url.replace(/:\d+\//, `:${proxy.port}/`) });
    proxy.refuse();
    await expect(broker.publish([record(1)])).rejects.toThrow();
    await expect(broker.consume(blog, async () => {})).rejects.toThrow();
    await expect(broker.check()).rejects.toThrow();
    proxy.accept();
    await eventually(() => broker.publish([record(1)]));
    await broker.close();
    await proxy.close();
  });

  test('a Redis that does not answer: publish rejects in time', async () => {
    const proxy = await startProxy(Number(new URL(database.url).port));
    const broker = open({ url: database.url.replace(/:\d+\//, `:${proxy.port}/`) });
    await broker.publish([record(1)]);
    proxy.hang();
    await expect(broker.publish([record(2)])).rejects.toThrow(/timed out/);
    proxy.accept();
    await eventually(() => broker.publish([record(3)]));
    await broker.close();
    await proxy.close();
  });
});

describe('a group', () => {
  test('begins with the oldest, and each record is handled once, in order of its key', async () => {
    const broker = open();
    await broker.publish(records(0, 500));
    const { got, handle } = recorder();
    await broker.consume(blog, handle);
    await open().consume(blog, handle);
    for (let at = 500; at < 1_000; at += 50) await broker.publish(records(at, at + 50));
    await eventually(() => expect(got.length).toBeGreaterThanOrEqual(1_000));
    expect(values(got).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    expectOrder(got);
  });

  test('every group gets everything', async () => {
    const broker = open();
    await broker.publish(records(0, 20));
    const [some, others] = [recorder(), recorder()];
    await broker.consume(blog, some.handle);
    await broker.consume({ ...blog, group: 'others' }, others.handle);
    await eventually(() => expect([some.got.length, others.got.length]).toEqual([20, 20]));
  });

  test('one call at a time per partition, of no more than maxBatch; partitions at the same time', async () => {
    const broker = open();
    await broker.publish(records(0, 400));
    const partitions = new Set(records(0, 400).map(({ key }) => partitionOf(key, 8)));
    const underWay = new Set<number>();
    const twice: number[] = [];
    const all = Promise.withResolvers<void>();
    const { got, handle } = recorder(async (deliveries) => {
      expect(deliveries.length).toBeLessThanOrEqual(10);
      const partition = partitionOf(deliveries[0]!.key, 8);
      if (underWay.has(partition)) twice.push(partition);
      underWay.add(partition);
      if (underWay.size === partitions.size) all.resolve();
      await all.promise; // nobody returns before there is a call under way for each: who takes turns never ends
      await new Promise((resolve) => setTimeout(resolve, 5)); // as long as a second call of the partition would need to be seen
      underWay.delete(partition);
    });
    await broker.consume(blog, handle);
    await eventually(() => expect(got).toHaveLength(400));
    expect(twice).toEqual([]);
  });

  test('what is new is handled at once, also in a partition that has just become idle', async () => {
    const broker = open();
    const { got, handle } = recorder();
    await broker.consume(blog, handle);
    const took: number[] = [];
    for (let i = 0; i < 200; i++) {
      const began = performance.now();
      await broker.publish([record(i, `key-${i % 5}`)]);
      while (got.length <= i) await new Promise((resolve) => setImmediate(resolve));
      took.push(performance.now() - began);
    }
    // Nothing waits for a timer: those are of a second and more.
    expect(Math.max(...took)).toBeLessThan(900);
    if (process.env.SHOW_LATENCY) console.log(took.toSorted((a, b) => a - b)[100]);
  });

  test('nothing is read for a partition whose batch is under way', async () => {
    const broker = open();
    await broker.publish(records(0, 100, 'ada'));
    const gate = shut();
    const { got, handle } = recorder(() => gate.promise);
    await broker.consume(blog, handle);
    await eventually(async () => expect(await pendingIn(streamOfKey('ada'))).toBe(10));
    await broker.publish(records(100, 200, 'ada'));
    expect(await pendingIn(streamOfKey('ada'))).toBe(10);
    gate.resolve();
    await eventually(() => expect(got).toHaveLength(200));
    await eventually(async () => expect(await pendingIn(streamOfKey('ada'))).toBe(0));
  });

  test('what was refused comes again and nothing before it; other partitions go on, and the lease stays', async () => {
    const broker = open();
    let failures = 0;
    const calls: number[][] = [];
    const { got, handle } = recorder(async (deliveries) => {
      if (deliveries[0]!.key !== 'ada') return;
      calls.push(values(deliveries));
      if (++failures <= 5) throw new Error('not yet');
    });
    await broker.publish(records(0, 12, 'ada'));
    await broker.consume(blog, handle);
    await eventually(() => expect(failures).toBeGreaterThan(1));
    await broker.consume({ ...blog, group: 'bystanders' }, async () => {});
    const other = ['b', 'c', 'd', 'e', 'f', 'g'].find((key) => streamOfKey(key) !== streamOfKey('ada'))!;
    await broker.publish([record(99, other)]);
    await eventually(() => expect(values(got)).toContain(99));
    expect(values(got)).toEqual([99]);
    const fence = await redis.hget('events:{blog}:group:readers:leases', String(partitionOf('ada', 8)));
    await eventually(() => expect(got).toHaveLength(13), 15_000);
    for (const call of calls.slice(0, 6)) expect(call).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expectOrder(got);
    const now = await redis.hget('events:{blog}:group:readers:leases', String(partitionOf('ada', 8)));
    expect(now!.split(' ').slice(0, 2)).toEqual(fence!.split(' ').slice(0, 2));
  });

  test('pause and resume; lag says what waits', async () => {
    const broker = open();
    const { got, handle } = recorder();
    const consumption = await broker.consume(blog, handle);
    consumption.pause();
    await broker.publish(records(0, 100));
    const others = recorder();
    await broker.consume({ ...blog, group: 'others' }, others.handle);
    await eventually(() => expect(others.got).toHaveLength(100)); // time enough
    expect(await consumption.lag()).toEqual({ blog: 100 });
    expect(got).toEqual([]);
    consumption.resume();
    await eventually(async () => expect(await consumption.lag()).toEqual({ blog: 0 }));
    expect(got).toHaveLength(100);
  });

  test('lag counts where Redis does not know it', async () => {
    const broker = open();
    const consumption = await broker.consume(blog, async () => {});
    await broker.publish(records(0, 30, 'ada'));
    await eventually(async () => expect(await consumption.lag()).toEqual({ blog: 0 }));
    consumption.pause();
    await broker.publish(records(30, 60, 'ada'));
    const ids = (await redis.xrange(streamOfKey('ada'), '-', '+')).map(([id]) => id);
    await redis.xdel(streamOfKey('ada'), ids[45]!);
    expect(JSON.stringify(await redis.xinfo('GROUPS', streamOfKey('ada')))).toContain('"lag",null');
    expect(await consumption.lag()).toEqual({ blog: 29 });
  });
});

describe('members', () => {
  test('share the partitions fairly as they join, and nothing is handled twice or out of order', async () => {
    const { got, handle } = recorder(() => new Promise((resolve) => setTimeout(resolve, 3)));
    const publisher = open();
    let sent = 0;
    const send = async (count: number) => {
      await publisher.publish(records(sent, sent + count));
      sent += count;
    };
    await send(200);
    for (const expected of [[8], [4, 4], [2, 3, 3], [2, 2, 2, 2], [1, 1, 2, 2, 2]]) {
      await open().consume(blog, handle);
      await send(200);
      await eventually(async () => expect(await shares()).toEqual(expected));
    }
    await eventually(() => expect(got.length).toBeGreaterThanOrEqual(sent));
    expect(values(got).toSorted((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, i) => i));
    expectOrder(got);
  });

  test('who stops finishes, acknowledges and gives back, so that others go on at once', async () => {
    const gate = shut();
    const first = recorder(() => gate.promise);
    const second = recorder();
    const broker = open();
    await broker.publish(records(0, 8, 'ada'));
    const leaving = await broker.consume(blog, first.handle);
    await eventually(async () => expect(await pendingIn(streamOfKey('ada'))).toBe(8));
    const stopped = leaving.stop();
    await broker.publish(records(8, 20, 'ada'));
    await open().consume(blog, second.handle);
    // Longer than a lease: what is under way stays ours until it is done.
    await eventually(async () => expect((await owners()).size).toBe(2));
    await new Promise((resolve) => setTimeout(resolve, 3_500)); // longer than a lease, which has to be seen not to lapse
    expect(second.got).toEqual([]);
    gate.resolve();
    await stopped;
    // It tells those who wait for something new, so that they need not wait for their turn.
    expect(await redis.xrange('events:{blog}:group:readers:changes', '-', '+')).toEqual([
      [expect.anything(), ['given', expect.anything()]],
    ]);
    expect(values(first.got)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await eventually(() => expect(values(second.got)).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]), 900);
    expect(await redis.xinfo('CONSUMERS', streamOfKey('ada'), 'readers')).toHaveLength(1);
  });

  test('what a stopped one could not handle waits for the next', async () => {
    const broker = open();
    await broker.publish(records(0, 5, 'ada'));
    const refused = Promise.withResolvers<void>();
    const consumption = await broker.consume(blog, async () => {
      refused.resolve();
      throw new Error('never');
    });
    await refused.promise;
    await consumption.stop();
    await broker.publish(records(5, 10, 'ada'));
    const { got, handle } = recorder();
    await broker.consume(blog, handle);
    await eventually(() => expect(values(got)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(await redis.xinfo('CONSUMERS', streamOfKey('ada'), 'readers')).toHaveLength(1);
  });
});

describe('consumers as processes', () => {
  let children: ChildProcess[] = [];
  let lines: string[] = [];

  beforeEach(() => {
    children = [];
    lines = [];
  });
  afterEach(() => children.forEach((child) => child.kill('SIGKILL')));

  async function start(takesMs: number): Promise<ChildProcess> {
    const program = new URL('../../test/redis-consumer-process.ts', import.meta.url).pathname;
    const args = [
      '--conditions=@cairn/source',
      '--no-warnings',
      program,
      database.url,
      'blog',
      'readers',
      String(takesMs),
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop()!;
      lines.push(...parts);
    });
    await eventually(() => expect(lines).toContain(`${child.pid} takes part`), 10_000);
    return child;
  }

  test('one that is killed: another goes on with what was under way, in order', async () => {
    const broker = open();
    const child = await start(60_000);
    await broker.publish(records(0, 15, 'ada'));
    await eventually(() => expect(lines).toContain(`${child.pid} handles 9`));
    child.kill('SIGKILL');
    const { got, handle } = recorder();
    await broker.consume(blog, handle);
    await eventually(() => expect(values(got)).toEqual(Array.from({ length: 15 }, (_, i) => i)), 6_000);
    expect(await redis.zcard('events:{blog}:group:readers:members')).toBe(1);
  });

  test('one that is frozen for longer than its lease: it acknowledges nothing and reads nothing any more', async () => {
    const broker = open();
    const child = await start(200);
    await broker.publish(records(0, 5, 'ada'));
    await eventually(() => expect(lines).toContain(`${child.pid} handles 4`));
    child.kill('SIGSTOP');
    const former = [...(await owners()).keys()];
    const gate = shut();
    const { got, handle } = recorder(() => gate.promise);
    await broker.consume(blog, handle);
    await takenFrom(former);
    await eventually(async () =>
      expect((await redis.xinfo('CONSUMERS', streamOfKey('ada'), 'readers')) as unknown[]).toHaveLength(1),
    );
    await broker.publish(records(5, 10, 'ada'));
    child.kill('SIGCONT');
    await eventually(() => expect(lines).toContain(`${child.pid} handled 4`));
    // It takes part again: it is past its acknowledgement.
    await eventually(async () => expect(await shares()).toEqual([4, 4]), 6_000);
    const [oldest] = await redis.xrange(streamOfKey('ada'), '-', '+', 'COUNT', 1);
    expect(await redis.xpending(streamOfKey('ada'), 'readers')).toEqual([
      5,
      oldest![0],
      expect.anything(),
      expect.anything(),
    ]);
    expect(lines).not.toContain(`${child.pid} handles 5`);
    gate.resolve();
    const handledThere = () =>
      lines.filter((line) => line.includes('handles')).map((line) => Number(line.split(' ')[2]));
    await eventually(() => expect(new Set([...values(got), ...handledThere()]).size).toBe(10));
    expect(values(got).slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
    expectOrder(got);
  });

  test('one that is frozen while it waits for something new takes nothing with it', async () => {
    const broker = open();
    const child = await start(0);
    await broker.publish(records(0, 1, 'ada'));
    await eventually(() => expect(lines).toContain(`${child.pid} handled 0`));
    child.kill('SIGSTOP');
    const former = [...(await owners()).keys()];
    const { got, handle } = recorder();
    await broker.consume(blog, handle);
    await takenFrom(former);
    for (let i = 1; i < 5; i++) await broker.publish([record(i)]);
    await eventually(() => expect(values(got)).toEqual([1, 2, 3, 4]));
  });
});

describe('listening', () => {
  test('everybody hears what comes after they began, and nothing else', async () => {
    const broker = open();
    await broker.publish(records(0, 50));
    const [one, two]: [Delivery[], Delivery[]] = [[], []];
    await broker.listen(['blog'], (delivery) => one.push(delivery));
    const second = await open().listen(['blog'], (delivery) => two.push(delivery));
    await broker.publish(records(50, 100));
    for (const heard of [one, two])
      await eventually(() =>
        expect(values(heard).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => 50 + i)),
      );
    expectOrder(one);
    await second.stop();
    await broker.publish([record(100)]);
    await eventually(() => expect(one).toHaveLength(51));
    expect(two).toHaveLength(50);
  });

  test('after its connection was cut it goes on from where it was', async () => {
    const broker = open();
    const heard: Delivery[] = [];
    await broker.listen(['blog'], (delivery) => heard.push(delivery));
    for (let i = 0; i < 30; i++) {
      if (i % 10 === 5) await cutConnections();
      await eventually(() => broker.publish([record(i)]));
    }
    await eventually(() => expect([...new Set(values(heard))]).toEqual(Array.from({ length: 30 }, (_, i) => i)));
    expectOrder(heard);
  });
});

describe('trimming', () => {
  /** As a member does it now and then. */
  const trim = async (keepMs: number, keepUnreadMs = 600_000) => {
    const trimming = openRedis(database.url);
    await connected(trimming);
    await trimming.trim(streamOfKey('ada'), keepMs, keepUnreadMs);
    trimming.disconnect();
    return redis.xlen(streamOfKey('ada'));
  };

  test('forgets what all groups have acknowledged and what is old enough, and nothing else', async () => {
    const broker = open();
    await broker.publish(records(0, 1_000, 'ada'));
    expect(await trim(0)).toBe(1_000); // no group has begun
    const gate = shut();
    const slow = recorder(async ([first]) => {
      if (Number(first!.value) >= 500) await gate.promise;
    });
    const consumption = await broker.consume(blog, async () => {});
    await eventually(async () => expect(await consumption.lag()).toEqual({ blog: 0 }));
    await broker.consume({ ...blog, group: 'slow' }, slow.handle);
    await eventually(async () => expect(await pendingIn(streamOfKey('ada'), 'slow')).toBe(10));
    await eventually(() => expect(slow.got).toHaveLength(500));

    expect(await trim(600_000)).toBe(1_000);
    const left = await trim(0);
    expect(left).toBeLessThan(1_000);
    expect(left).toBeGreaterThanOrEqual(500);
    gate.resolve();
    await eventually(() => expect(values(slow.got)).toEqual(Array.from({ length: 1_000 }, (_, i) => i)));
    expect(await trim(0)).toBeLessThan(200);
  });

  test('what nobody reads in a group is kept for its own time, and then forgotten', async () => {
    await open().publish(records(0, 1_000, 'ada'));
    expect(await trim(0, 600_000)).toBe(1_000);
    expect(await trim(600_000, 0)).toBeLessThan(200);
  });
});

describe('trouble', () => {
  test('connections that are cut again and again: nothing is lost, and the order stays', async () => {
    const broker = open();
    const { got, handle } = recorder(() => new Promise((resolve) => setTimeout(resolve, 2)));
    await broker.consume(blog, handle);
    await open().consume(blog, handle);
    for (let at = 0; at < 1_000; at += 20) {
      if (at % 200 === 100) await cutConnections();
      await eventually(() => broker.publish(records(at, at + 20)));
    }
    await eventually(() => expect(new Set(values(got)).size).toBe(1_000), 10_000);
    expectOrder(got);
  });

  test('Redis is killed and comes back: nothing that was acknowledged is lost, and nobody has to do anything', async () => {
    const own = await startOwnRedis();
    try {
      const broker = open({ url: own.url });
      const { got, handle } = recorder(() => new Promise((resolve) => setTimeout(resolve, 2)));
      const heard: Delivery[] = [];
      await broker.consume(blog, handle);
      await broker.listen(['blog'], (delivery) => heard.push(delivery));
      for (let at = 0; at < 1_000; at += 20) {
        const restarted = at === 300 || at === 700 ? own.restart() : undefined;
        await eventually(() => broker.publish(records(at, at + 20)), 10_000);
        await restarted;
      }
      await eventually(() => expect(new Set(values(got)).size).toBe(1_000), 10_000);
      expectOrder(got);
      await eventually(() => expect(new Set(values(heard)).size).toBe(1_000));
      await broker.close();
    } finally {
      await own.stop();
    }
  });

  test('an entry that is none of ours is delivered like any other, and what was deleted while it was pending is forgotten', async () => {
    const broker = open();
    let isOpen = false;
    const { got, handle } = recorder(async () => {
      if (!isOpen) throw new Error('not yet');
    });
    await redis.xadd(streamOfKey('ada'), '*', 'what', 'ever', 'headers', '[1');
    const deleted = await redis.xadd(streamOfKey('ada'), '*', 'key', 'ada', 'value', 'gone');
    await broker.consume(blog, handle);
    await eventually(async () => expect(await pendingIn(streamOfKey('ada'))).toBe(2));
    await redis.xdel(streamOfKey('ada'), deleted!);
    isOpen = true;
    await broker.publish([record(1)]);
    await eventually(() =>
      expect(got.map(({ key, value }) => [key, value])).toEqual([
        ['', ''],
        ['ada', '1'],
      ]),
    );
    await eventually(async () => expect(await pendingIn(streamOfKey('ada'))).toBe(0));
  });
});

/** All but our own, on this database: other tests have theirs on the same Redis. */
async function cutConnections(): Promise<void> {
  const [mine, list] = await Promise.all([redis.client('ID'), redis.client('LIST')]);
  for (const line of String(list).split('\n')) {
    const [id, number] = [/^id=(\d+)/.exec(line)?.[1], / db=(\d+)/.exec(line)?.[1]];
    if (number === path.basename(database.url) && id !== String(mine)) await redis.client('KILL', 'ID', id!);
  }
}

/** To be filled up and killed. */
async function startOwnRedis() {
  const folder = await mkdtemp(path.join(tmpdir(), 'cairn-redis-'));
  const port = await freePort();
  const guardian = new Guardian();
  const begin = () => startRedis({ folder, port, onSpawn: (child, signal) => guardian.watch(child, signal) });
  let server = await begin();
  return {
    url: server.url,
    async restart() {
      await stopChild(server.process, 'SIGKILL', 5_000);
      server = await begin();
    },
    async stop() {
      await stopChild(server.process, 'SIGKILL', 5_000);
      guardian.dismiss();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Between a broker and Redis, to refuse, to hang and to let through again. */
async function startProxy(target: number) {
  let mode: 'accept' | 'refuse' | 'hang' = 'accept';
  const sockets = new Set<Socket>();
  const cut = () => sockets.forEach((socket) => socket.destroy());
  const server = createServer((socket) => {
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined).on('close', () => to.destroy());
      from.on('data', (data) => mode === 'hang' || to.write(data));
    }
    if (mode === 'refuse') socket.destroy();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    accept: () => ((mode = 'accept'), cut()),
    refuse: () => ((mode = 'refuse'), cut()),
    hang: () => void (mode = 'hang'),
    close: () => (cut(), new Promise((resolve) => server.close(resolve))),
  };
}

test('a stream that was deleted under its owner goes on', async () => {
  const broker = open();
  const { got, handle } = recorder();
  await broker.consume(blog, handle);
  await broker.publish([record(1)]);
  await eventually(() => expect(values(got)).toEqual([1]));
  await redis.del(streamOfKey('ada'));
  await broker.publish([record(2)]);
  await eventually(() => expect(values(got)).toEqual([1, 2]), 10_000);
});
