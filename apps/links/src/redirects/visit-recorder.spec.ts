import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { linkVisitsRecorded, type LinkVisit } from '@cairn/contracts/events';
import { Facts, type BrokerRecord } from '@cairn/messaging';
import { MemoryBroker } from '@cairn/messaging/testing';
import { metrics } from '@cairn/observability';
import { Logger } from '@nestjs/common';
import Fastify from 'fastify';
import { setImmediate as turn } from 'node:timers/promises';
import { VisitRecorder } from './visit-recorder.service.ts';

const aVisit = {} as LinkVisit; // it looks at none

let told: jest.SpiedFunction<Logger['error']>;
let warned: jest.SpiedFunction<Logger['warn']>;
beforeEach(() => {
  told = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** What goes to the broker, and what the broker says. */
function recorder(answer: () => Promise<void> = () => Promise.resolve()) {
  const events: (readonly LinkVisit[])[] = [];
  const facts = {
    appendFact: (_contract: unknown, { visits }: { visits: readonly LinkVisit[] }) => (events.push(visits), answer()),
  };
  return { recorder: new VisitRecorder(facts as unknown as Facts), events };
}

test('nobody is sent on before the broker has the visit', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { recorder: visits, events } = recorder(() => promise);
  let sentOn = false;
  const recorded = visits.record(aVisit).then(() => (sentOn = true));
  await turn();
  await turn();
  expect([events.length, sentOn]).toEqual([1, false]);
  resolve();
  await recorded;
});

test('the visits of one turn of the event loop are one event, up to 500', async () => {
  const { recorder: visits, events } = recorder();
  await Promise.all(Array.from({ length: 1_001 }, () => visits.record(aVisit)));
  await visits.record(aVisit);
  expect(events.map(({ length }) => length)).toEqual([500, 500, 1, 1]);
});

test('what comes while the visits before are under way is one event, which goes when the broker has those', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { recorder: visits, events } = recorder(() => promise);
  const recorded = [visits.record(aVisit)];
  for (let turns = 0; turns < 3; turns++) {
    await turn();
    recorded.push(visits.record(aVisit), visits.record(aVisit));
  }
  await turn();
  expect(events.map(({ length }) => length)).toEqual([1]);
  resolve();
  await Promise.all(recorded);
  expect(events.map(({ length }) => length)).toEqual([1, 6]);
});

test('an event that is full waits for none before it', async () => {
  const answers: (() => void)[] = [];
  const { recorder: visits, events } = recorder(() => new Promise((resolve) => answers.push(resolve)));
  const recorded = [visits.record(aVisit)];
  await turn();
  for (let n = 0; n < 1_200; n++) recorded.push(visits.record(aVisit));
  await turn();
  expect(events.map(({ length }) => length)).toEqual([1, 500, 500]);
  answers.at(-1)!();
  await turn();
  await turn();
  expect(events.map(({ length }) => length)).toEqual([1, 500, 500, 200]);
  for (const answer of answers) answer();
  await Promise.all(recorded);
});

test('who comes while a broker is slow waits for two appends at most, that before and its own, however many come', async () => {
  let now = 0; // in appends: what is sent between two of them is answered at the next
  let underway: (() => void)[] = [];
  const { recorder: visits, events } = recorder(() => new Promise((resolve) => underway.push(resolve)));
  const waited: number[] = [];
  const record = async () => {
    const since = now;
    await visits.record(aVisit);
    waited.push(now - since);
  };
  const answer = async () => {
    now++;
    const answered = underway;
    underway = [];
    for (const resolve of answered) resolve();
    for (let n = 0; n < 3; n++) await turn();
  };
  const all: Promise<void>[] = [];
  for (let n = 0; n < 20; n++) {
    for (let visit = 0; visit < 1_200; visit++) all.push(record());
    await turn();
    await answer();
  }
  while (waited.length < all.length) await answer();
  expect(Math.max(...waited)).toBeLessThanOrEqual(2);
  expect(events.flat()).toHaveLength(24_000);
});

test('whose visit nobody takes is sent on all the same; that is said once, until it is over', async () => {
  let isAway = true;
  const { recorder: visits } = recorder(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()));
  for (let n = 0; n < 3; n++) await visits.record(aVisit);
  expect(told).toHaveBeenCalledTimes(1);
  isAway = false;
  await visits.record(aVisit);
  isAway = true;
  await visits.record(aVisit);
  expect(told).toHaveBeenCalledTimes(2);
});

const COMMAND_MS = 3_000;

/** As the driver of Redis, which gives up after three seconds; what was sent to who is frozen may happen all the same. */
class FrozenBroker extends MemoryBroker {
  isFrozen = true;
  slowMs = 0;
  readonly got: LinkVisit[] = [];
  events = 0;

  override async publish(records: readonly BrokerRecord[]): Promise<void> {
    this.events++;
    const isFrozen = this.isFrozen;
    const tookMs = isFrozen ? COMMAND_MS : this.slowMs;
    if (tookMs > 0) await new Promise((resolve) => setTimeout(resolve, tookMs));
    if (isFrozen && this.isFrozen) throw new Error('Command timed out');
    for (const { value } of records) this.got.push(...JSON.parse(value).data.visits);
  }
}

/** A service without a spool, the real Facts, and a clock that is put on by hand. */
function frozen() {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  const broker = new FrozenBroker();
  const visits = new VisitRecorder(new Facts(broker, { service: 'links', publishes: [linkVisitsRecorded] }));
  const waited: number[] = [];
  let count = 0;
  return {
    broker,
    waited,
    record: () => {
      const since = performance.now();
      void visits.record({ id: `${count++}` } as LinkVisit).then(() => waited.push(performance.now() - since));
    },
    pass: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 20) {
        await jest.advanceTimersByTimeAsync(20);
        for (let n = 0; n < 3; n++) await turn();
      }
    },
    lost: async () => {
      const app = Fastify();
      await metrics(app);
      const { body } = await app.inject('/metrics');
      return Number(/^link_visits_lost_total (\d+)$/m.exec(body)![1]);
    },
  };
}

test('with the broker frozen and no spool the first wait for less than a second, the others not at all; who is lost is counted', async () => {
  const { broker, record, pass, waited, lost } = frozen();
  for (let n = 0; n < 140; n++) {
    for (let visit = 0; visit < 20; visit++) record();
    await pass(20);
  }
  expect(waited).toHaveLength(2_800);
  expect(Math.max(...waited)).toBeLessThan(1_000);
  expect(waited.filter((ms) => ms === 0).length).toBeGreaterThan(1_800);
  expect([await lost(), warned.mock.calls.length]).toEqual([0, 1]);
  await pass(3 * COMMAND_MS);
  expect([await lost(), broker.got.length, told.mock.calls.length]).toEqual([2_800, 0, 1]);
});

test('what a frozen broker takes once it goes on is not lost, and visitors wait for it again', async () => {
  const { broker, record, pass, waited, lost } = frozen();
  record();
  await pass(1_000);
  record(); // waits for no answer; its visit does
  await pass(20);
  expect(waited).toHaveLength(2);
  broker.isFrozen = false;
  await pass(COMMAND_MS);
  expect([broker.got.length, await lost()]).toEqual([2, 0]);
  broker.isFrozen = true;
  record();
  await pass(800);
  expect(waited).toHaveLength(2);
  await pass(200);
  expect([waited.length, warned.mock.calls.length]).toEqual([3, 2]);
  await pass(COMMAND_MS);
});

test('a broker that always takes longer than visitors wait loses nothing; the first wait, and that is said once', async () => {
  const { broker, record, pass, waited, lost } = frozen();
  broker.slowMs = 1_500;
  broker.isFrozen = false;
  for (let n = 0; n < 200; n++) {
    for (let visit = 0; visit < 20; visit++) record();
    await pass(20);
  }
  expect(waited.filter((ms) => ms === 0).length).toBeGreaterThan(3_000);
  expect(warned).toHaveBeenCalledTimes(1);
  await pass(2 * broker.slowMs);
  expect([broker.got.length, await lost()]).toEqual([4_000, 0]);
});

test('while the broker is frozen memory holds so many visits; those beyond are lost at once, which is said once', async () => {
  const { broker, record, pass, waited, lost } = frozen();
  for (let n = 0; n < 51_000; n++) record();
  await pass(20);
  expect([broker.events, await lost(), told.mock.calls.length]).toEqual([100, 500, 1]); // one event fills up meanwhile
  expect(waited).toHaveLength(500);
  await pass(1_000);
  expect(waited).toHaveLength(51_000);
  broker.isFrozen = false;
  await pass(COMMAND_MS);
  for (let n = 0; n < 1_500; n++) record(); // there is room again
  await pass(20);
  expect([broker.got.length, await lost(), told.mock.calls.length]).toEqual([52_000, 500, 1]);
});

test('who stood still, and not the broker, has the answer and is not late', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  const { promise, resolve } = Promise.withResolvers<void>();
  const { recorder: visits } = recorder(() => promise);
  const recorded = visits.record(aVisit);
  await turn();
  jest.advanceTimersByTime(2_000);
  resolve(); // what the loop reads once the timers are through
  await recorded;
  await turn();
  expect(warned).not.toHaveBeenCalled();
});
