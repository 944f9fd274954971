import { freePort, Guardian, startRedis, stopChild, type RunningServer } from '@cairn/backing';
import { networkOf } from '@cairn/http/network';
import { createTestRedis, eventually, type TestRedis } from '@cairn/testing';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BucketStore } from './bucket-store.client.ts';
import type { LimitPolicy, RateDecision } from './limit-policy.ts';
import { subjectOf } from './rate-limit-subject.ts';
import { RateLimits } from './rate-limits.service.ts';

/* Several gateways on one real Redis. How much time has passed is what that Redis says. */

let opened: RateLimits[] = [];
let redis: Redis;

beforeAll(() => Logger.overrideLogger(false));
afterEach(async () => {
  await Promise.all(opened.map((limits) => limits.close()));
  opened = [];
});

/** @param patience milliseconds until Redis counts as away; a busy machine makes it slow, which is not what most tests are about */
async function gateway(url: string, patience = 5_000): Promise<{ limits: RateLimits; store: BucketStore }> {
  const store = new BucketStore({ REDIS_URL: url, LIMITS_PATIENCE_MS: patience });
  const limits = new RateLimits(store);
  opened.push(limits);
  await limits.open();
  return { limits, store };
}

/** Milliseconds by Redis' clock. */
async function redisTime(): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

interface Tally {
  through: number;
  isOver: boolean;
}

/** `clients` at once, each asking again as soon as it has its answer, until it is over and they are refused. */
async function demand(limits: RateLimits, policy: LimitPolicy, clients: number, tally: Tally): Promise<void> {
  const client = async () => {
    for (;;) {
      const isLast = tally.isOver;
      if ((await limits.take(policy, 'user:ada')).allowed) tally.through++;
      else if (isLast) return;
      else await turn();
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

describe('with a Redis that works', () => {
  let database: TestRedis;

  beforeAll(async () => {
    database = await createTestRedis();
    redis = new Redis(database.url);
  });
  beforeEach(() => redis.flushdb());
  afterAll(async () => {
    redis.disconnect();
    await database.drop();
  });

  test('two gateways let through what the policy allows: never more, and no hundredth less', async () => {
    const policy: LimitPolicy = { name: 'read', burst: 4_000, perMinute: 120_000, exact: false };
    const gateways = [await gateway(database.url), await gateway(database.url)];
    const tally = { through: 0, isOver: false };
    const began = await redisTime();
    const demands = gateways.map(({ limits }) => demand(limits, policy, 20, tally));
    // As long as the bucket is all but full, time flows past it; half empty, it takes a second's pause of this process.
    while (tally.through < 2_000) await turn();
    const flowsSince = await redisTime();
    while ((await redisTime()) - flowsSince < 1_500) await turn();
    const flowsUntil = await redisTime();
    // More than was at hand or on its way: some of it left Redis after that.
    const sofar = tally.through;
    while (tally.through < sofar + 100) await turn();
    tally.isOver = true;
    await Promise.all(demands);
    const allowedIn = (ms: number) => policy.burst + (ms * policy.perMinute) / 60_000;
    expect(tally.through).toBeLessThanOrEqual(allowedIn((await redisTime()) - began));
    expect(tally.through).toBeGreaterThanOrEqual(0.99 * allowedIn(flowsUntil - flowsSince));
  });

  test('leases do not come on top of a bucket that fills up behind them', async () => {
    const policy: LimitPolicy = { name: 'read', burst: 4_000, perMinute: 6_000_000, exact: false }; // 100 flow in per ms
    const [one, other] = [await gateway(database.url), await gateway(database.url)];
    const still = { ...policy, perMinute: 1 };
    const ask = (store: BucketStore, question: object, figures = policy) =>
      store.ask(
        'limit:read:ada',
        figures,
        { held: 0, back: 0, owed: 0, needed: 0, spare: 0, ...question },
        () => undefined,
      );
    expect(await ask(one.store, { spare: 10 })).toEqual({ given: 10, left: 3_990, elsewhere: 0 });
    const began = await redisTime();
    while ((await redisTime()) - began < 5) await turn();
    expect(await ask(other.store, {})).toEqual({ given: 0, left: 3_990, elsewhere: 10 });
    // spent, and said so
    await ask(one.store, { held: 4 });
    expect(await ask(other.store, {})).toEqual({ given: 0, left: 3_996, elsewhere: 4 });
    // given back: nothing is out any more
    await ask(one.store, { back: 4 });
    expect(await ask(other.store, {})).toEqual({ given: 0, left: 4_000, elsewhere: 0 });
    // what was never lent cannot be given back
    await ask(other.store, { needed: 4_000 }, still);
    expect((await ask(one.store, { back: 1_000 }, still)).left).toBeLessThan(1);
  });

  test('a gateway that falls silent keeps nothing back for good', async () => {
    const policy: LimitPolicy = { name: 'read', burst: 4_000, perMinute: 1, exact: false };
    const silent = await gateway(database.url);
    const other = await gateway(database.url);
    expect((await silent.limits.take(policy, 'user:ada')).allowed).toBe(true);
    let through = 3_900;
    expect((await other.limits.take(policy, 'user:ada', through)).allowed).toBe(true);
    const takeAll = async () => {
      while ((await other.limits.take(policy, 'user:ada')).allowed) through++;
    };
    await takeAll();
    expect(through).toBeLessThanOrEqual(3_999);
    await eventually(async () => {
      await takeAll(); // what the silent one holds comes back, or flows in where it has lapsed
      expect(through).toBe(3_999);
    });
  });

  test('a limit as small as sign-in lets exactly so many through, whoever is asked', async () => {
    const policy: LimitPolicy = { name: 'sign-in', burst: 10, perMinute: 1, exact: true };
    const gateways = [await gateway(database.url), await gateway(database.url)];
    const decisions = await Promise.all(
      gateways.flatMap(({ limits }) => Array.from({ length: 50 }, () => limits.take(policy, 'address:192.0.2.7'))),
    );
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(10);
    for (const { limits } of gateways) {
      const { allowed, retryAfterSeconds, remaining } = await limits.take(policy, 'address:192.0.2.7');
      expect({ allowed, remaining }).toEqual({ allowed: false, remaining: 0 });
      expect(retryAfterSeconds).toBeGreaterThan(50);
      expect(retryAfterSeconds).toBeLessThanOrEqual(60);
    }
    // somebody else has a bucket of his own, and a home of IPv6 has one
    const home = (address: string) =>
      gateways[0]!.limits.take(policy, subjectOf({ userId: undefined, network: networkOf(address) }), 5);
    const answers = [await home('2001:db8::1'), await home('2001:db8::ffff:2'), await home('2001:db8::3')];
    expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, false]);
  });

  test('a bucket ends with what it holds, and holds no names', async () => {
    const { limits } = await gateway(database.url);
    await limits.take({ name: 'write', burst: 100, perMinute: 600, exact: true }, 'address:192.0.2.7', 50);
    const [key] = await redis.keys('limit:write:*');
    expect(key).not.toContain('192.0.2.7');
    const ttl = await redis.pttl(key!);
    expect(ttl).toBeGreaterThan(4_000);
    expect(ttl).toBeLessThanOrEqual(5_001);
  });

  test('a Redis that has forgotten the script is told it again', async () => {
    const { limits, store } = await gateway(database.url);
    const policy: LimitPolicy = { name: 'sign-in', burst: 10, perMinute: 1, exact: true };
    await limits.take(policy, 'user:ada');
    await redis.script('FLUSH');
    expect(await limits.take(policy, 'user:ada')).toMatchObject({ allowed: true, remaining: 8 });
    expect(store.isUp).toBe(true);
  });
});

describe('with a Redis of its own', () => {
  const policy: LimitPolicy = { name: 'read', burst: 1_000, perMinute: 60, exact: false };
  let folder: string;
  let guardian: Guardian;
  let server: RunningServer;
  let port: number;

  const start = async () => {
    server = await startRedis({
      folder,
      port,
      durable: false,
      onSpawn: (child, signal) => guardian.watch(child, signal),
    });
  };
  const commands = async () => {
    const stats = await redis.info('commandstats');
    return [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cairn-limits-'));
    guardian = new Guardian();
    guardian.removeAfterwards(folder);
    port = await freePort();
    await start();
    redis = new Redis(server.url);
    redis.on('error', () => undefined);
  });
  beforeEach(() => redis.flushall());
  afterAll(async () => {
    redis.disconnect();
    await stopChild(server.process, server.stopSignal, 5_000);
    guardian.dismiss();
    await rm(folder, { recursive: true, force: true });
  });

  test('a large limit asks a few times for thousands of requests, and a refused one not at all', async () => {
    const { limits } = await gateway(server.url);
    const large: LimitPolicy = { name: 'large', burst: 100_000, perMinute: 60, exact: false };
    const before = await commands();
    let atOnce = 0;
    let through = 0;
    for (let request = 0; request < 10_000; request++) {
      const decision = limits.take(large, 'user:ada');
      if (!(decision instanceof Promise)) atOnce++;
      if ((await decision).allowed) through++;
      if (request % 100 === 0) await turn(); // as requests come: some in each turn of the event loop
    }
    expect(through).toBe(10_000);
    expect((await commands()) - before).toBeLessThanOrEqual(60);
    expect(atOnce).toBeGreaterThan(9_900);

    const small: LimitPolicy = { name: 'small', burst: 5, perMinute: 1, exact: true };
    await Promise.all(Array.from({ length: 100 }, () => limits.take(small, 'user:ada')));
    const refused = await commands();
    const flood = Array.from({ length: 10_000 }, () => limits.take(small, 'user:ada') as RateDecision);
    expect(flood.filter(({ allowed }) => allowed === false)).toHaveLength(10_000);
    expect(await commands()).toBe(refused);
  });

  /** What a policy of 1,000 lets through before it says no. */
  const untilRefused = async (limits: RateLimits) => {
    let through = 0;
    while ((await limits.take(policy, 'user:ada')).allowed) if (++through > 2_000) break;
    return through;
  };

  test('a Redis that is killed: the same limit goes on here, and Redis has it again when it is back', async () => {
    const log = jest.spyOn(Logger.prototype, 'warn');
    const { limits } = await gateway(server.url, 200);
    let through = 0;
    while (through < 400) if ((await limits.take(policy, 'user:ada')).allowed) through++;
    server.process.kill('SIGKILL');
    through += await untilRefused(limits);
    expect(through).toBeGreaterThanOrEqual(1_000);
    expect(through).toBeLessThan(1_020); // what flows in meanwhile
    await eventually(() => expect(limits.check()).rejects.toThrow('Redis does not answer in time'));
    // a stranger has a bucket as well
    expect(limits.take(policy, 'user:bob')).toMatchObject({ allowed: true, remaining: 999 });
    await start();
    await eventually(() => limits.check(), 10_000);
    // it came back empty, and is told what was let through without it
    const first = await eventually(async () => {
      const decision = await limits.take(policy, 'user:ada');
      expect(decision.allowed).toBe(true);
      return decision;
    });
    expect(first.remaining).toBeLessThan(700);
    const told = log.mock.calls.filter(([sentence]) =>
      String(sentence).startsWith('Limits are counted by this process'),
    );
    expect(told).toHaveLength(1);
    log.mockRestore();
  });

  test('a Redis that hangs: who waits for it waits once, nobody else does, and it comes back by itself', async () => {
    const { limits, store } = await gateway(server.url, 200);
    const log = jest.spyOn(Logger.prototype, 'warn');
    const exact: LimitPolicy = { ...policy, name: 'write', perMinute: 1, exact: true };
    expect((await limits.take(exact, 'user:ada')).allowed).toBe(true);
    const asked = jest.spyOn(store, 'ask');
    server.process.kill('SIGSTOP');
    try {
      const subjects = Array.from({ length: 50 }, (_, index) => `user:${index}`);
      const together = await Promise.all(subjects.map((subject) => limits.take(exact, subject)));
      expect(together.every(({ allowed }) => allowed)).toBe(true);
      expect(store.isUp).toBe(false);
      expect(log).toHaveBeenCalledWith(expect.stringContaining('Redis did not answer within 200 ms'));
      asked.mockClear();
      // all at once from now on: none of these is a promise
      for (let request = 0; request < 999; request++)
        expect(limits.take(exact, 'user:0')).toMatchObject({ allowed: true });
      expect(limits.take(exact, 'user:0')).toMatchObject({ allowed: false });
      expect(asked).not.toHaveBeenCalled();
    } finally {
      server.process.kill('SIGCONT');
      log.mockRestore();
    }
    await eventually(() => limits.check(), 10_000);
    asked.mockClear();
    expect((await limits.take(exact, 'user:ada')).allowed).toBe(true);
    expect(asked).toHaveBeenCalled();
  });

  test('a gateway starts without Redis', async () => {
    const { limits } = await gateway(`redis://127.0.0.1:${await freePort()}`);
    await expect(limits.check()).rejects.toThrow();
    expect(limits.take(policy, 'user:ada')).toMatchObject({ allowed: true });
  });

  test('a Redis that answers and refuses to write counts as one that is away, until it takes writes again', async () => {
    const { limits } = await gateway(server.url);
    await redis.config('SET', 'maxmemory', '1');
    try {
      expect((await limits.take(policy, 'user:ada')).allowed).toBe(true);
      await expect(limits.check()).rejects.toThrow();
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
    await eventually(() => limits.check(), 10_000);
  });
});
