import { beginRequest, propagationHeaders, requestContext } from '@cairn/observability';
import assert from 'node:assert/strict';
import { toRecord } from '../cloud-events.ts';
import { CannotBeHandled } from '../messaging.errors.ts';
import { MessagingStage } from './messaging-stage.ts';
import { gate, type Clause } from './stage.ts';

/** What holds from the transaction of the one who publishes to that of the one who handles, over any broker. */
export const messaging: readonly Clause[] = [
  {
    name: 'a transaction that commits publishes exactly its events, in order; one that is rolled back none',
    async holds(stage) {
      const messaging = new MessagingStage(stage);
      await messaging.instance();
      for (let n = 0; n < 10; n++) {
        await messaging.publish([['a', n], ['b', n]]); // prettier-ignore
        const rolledBack = messaging.publish([['a', -1], ['c', n]], () => Promise.reject(new Error('rolled back'))); // prettier-ignore
        await assert.rejects(rolledBack, /rolled back/);
        const invalid = messaging.publish([['a', -1], ['a', 'no number' as never]]); // prettier-ignore
        await assert.rejects(invalid, { name: 'InvalidEvent' });
      }
      await messaging.untilEffects(20);
      const upTo9 = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
      assert.deepEqual(await messaging.effects(), { a: upTo9, b: upTo9 });
    },
  },
  {
    name: 'nothing is published before its transaction has committed',
    async holds(stage) {
      const messaging = new MessagingStage(stage);
      await messaging.instance();
      const [isWritten, mayCommit] = [gate(), gate()];
      const slow = messaging.publish([['slow', 1]], () => (isWritten.open(), mayCommit.passed));
      await isWritten.passed;
      await messaging.publish([['quick', 1]]);
      // Straight to the broker, under the same key: the one before it, had it been published, would have its effect before it.
      await stage.process().publish([toRecord(messaging.noted, { key: 'slow', n: 2 }, 'contract')]);
      await messaging.untilEffects(2);
      assert.deepEqual(await messaging.effects(), { quick: [1], slow: [2] });
      mayCommit.open();
      await slow;
      await messaging.untilEffects(3);
      assert.deepEqual(await messaging.effects(), { quick: [1], slow: [2, 1] });
    },
  },
  {
    name: 'what the broker has twice, or delivers twice, has its effect once',
    async holds(stage) {
      const messaging = new MessagingStage(stage);
      const record = (n: number) => toRecord(messaging.noted, { key: 'key', n }, 'contract');
      const [first, second, third] = [record(1), record(2), record(3)];
      await messaging.instance();
      await stage.process().publish([first, first, second, first, second]);
      await messaging.untilEffects(2);
      await stage.process().publish([second, first, third]);
      await messaging.untilEffects(3);
      assert.deepEqual(await messaging.effects(), { key: [1, 2, 3] });
    },
  },
  {
    name: 'who dies between the commit and the acknowledgement has had its effect once',
    async holds(stage) {
      const messaging = new MessagingStage(stage);
      let crashes = 0;
      const dyingAfterwards = () =>
        messaging.instance(undefined, (handle, process) => async (deliveries) => {
          await handle(deliveries);
          if (crashes < 2) {
            crashes++;
            process.crash();
            void dyingAfterwards();
          }
        });
      await dyingAfterwards();
      await messaging.publish(Array.from({ length: 30 }, (_, n) => ['key', n]));
      await messaging.untilEffects(30);
      await messaging.publish([['key', 30]]);
      await messaging.untilEffects(31);
      assert.equal(crashes, 2);
      assert.deepEqual(await messaging.effects(), { key: Array.from({ length: 31 }, (_, n) => n) });
    },
  },
  {
    name: 'what nobody can read goes to the dead letters as it came, and the rest goes on',
    async holds(stage) {
      const messaging = new MessagingStage(stage);
      const { noted } = messaging;
      const good = (n: number) => toRecord(noted, { key: `good-${n}`, n }, 'contract');
      const broken = (change: (event: Record<string, unknown>) => unknown) =>
        JSON.stringify(change(JSON.parse(good(0).value) as Record<string, unknown>));
      const unreadable = {
        'no JSON': 'no { JSON',
        'no event': broken(({ id: _, ...event }) => event),
        'invalid data': broken((event) => ({ ...event, id: 'invalid', data: { key: 'x', n: 'no number' } })),
        'unknown version': broken((event) => ({ ...event, id: 'early', type: noted.type.replace('v1', 'v9') })),
      };
      const someoneElses = broken((event) => ({ ...event, id: 'other', type: `${stage.topic}.something-else.v1` }));
      await messaging.instance();
      await stage
        .process()
        .publish([
          good(1),
          ...Object.entries(unreadable).map(([key, value]) => stage.record(key, value, { headers: { 'x-of': key } })),
          stage.record('other', someoneElses),
          ...Array.from({ length: 40 }, (_, n) => good(n + 2)),
        ]);
      await messaging.untilEffects(41);
      await stage.until('the dead letters are there', async () => (await messaging.parked()).length >= 4);
      const dead = await messaging.parked();
      assert.deepEqual(Object.fromEntries(dead.map(({ key, value }) => [key, value])), unreadable);
      for (const { key, state, reason, headers } of dead) {
        assert.equal(state, 'dead');
        assert.ok(reason, `${key} has no reason`);
        assert.deepEqual(headers, { 'x-of': key });
      }
    },
  },
  {
    name: 'a poison event is parked; later ones of its key wait behind it, others go on, and a replay keeps id and order',
    async holds(stage) {
      const messaging = new MessagingStage(stage);
      let isMended = false;
      await messaging.instance(({ data: { key, n } }) => {
        if (!isMended && key === 'bad' && n === 1) throw new CannotBeHandled('poison');
      });
      await messaging.publish([['bad', 0], ['bad', 1], ['good', 1], ['bad', 2], ['good', 2]]); // prettier-ignore
      await messaging.publish([['bad', 3], ['good', 3], ['other', 1]]); // prettier-ignore
      await messaging.untilEffects(5);
      await stage.until('those of its key wait', async () => (await messaging.parked()).length === 3);
      assert.deepEqual(await messaging.effects(), { bad: [0], good: [1, 2, 3], other: [1] });
      const [dead, ...waiting] = await messaging.parked();
      assert.deepEqual([dead!.state, dead!.attempts, dead!.reason], ['dead', 1, 'poison']);
      assert.match(dead!.stack!, /CannotBeHandled/);
      assert.deepEqual(waiting.map(({ state, attempts }) => [state, attempts]), [['waiting', 0], ['waiting', 0]]); // prettier-ignore
      isMended = true;
      await messaging.database.replay(stage.group, dead!.eventId);
      await messaging.untilEffects(8);
      await messaging.publish([['bad', 4]]);
      await messaging.untilEffects(9);
      const effects = await messaging.database.effects(stage.group);
      assert.deepEqual((await messaging.effects()).bad, [0, 1, 2, 3, 4]);
      assert.equal(effects.find(({ key, n }) => key === 'bad' && n === 1)!.eventId, dead!.eventId);
      assert.deepEqual(await messaging.parked(), []);
    },
  },
  {
    name: 'what fails for a while is tried again, in order and with its effect once; in the end it is dead',
    async holds(stage) {
      const messaging = new MessagingStage(stage);
      const tries = new Map<string, number>();
      await messaging.instance(async ({ id, data: { key, n } }, tx) => {
        tries.set(id, (tries.get(id) ?? 0) + 1);
        const fails = (key === 'passing' && n === 0 && tries.get(id)! < 3) || key === 'hopeless';
        if (!fails) return;
        await messaging.database.note(tx, stage.group, { eventId: id, key: 'rolled back', n });
        throw new Error('not now');
      });
      await messaging.publish([['passing', 0], ['hopeless', 0], ['passing', 1], ['well', 0]]); // prettier-ignore
      await messaging.untilEffects(3);
      await stage.until('the other is dead', async () => (await messaging.parked())[0]?.state === 'dead');
      assert.deepEqual(await messaging.effects(), { passing: [0, 1], well: [0] });
      const [{ attempts, reason, key } = assert.fail('gone'), ...rest] = await messaging.parked();
      assert.deepEqual([key, attempts, reason, rest], ['hopeless', 3, 'not now', []]);
    },
  },
  {
    name: 'the trace of the one who publishes reaches each handler, also when several come at once',
    async holds(stage) {
      const messaging = new MessagingStage(stage);
      const seen = new Map<number, string | undefined>();
      const traceOf = (n: number) => n.toString(16).padStart(32, 'a');
      const list = Array.from({ length: 10 }, (_, n) => n);
      for (const n of list) {
        const traceparent = `00-${traceOf(n)}-00f067aa0ba902b7-01`;
        await requestContext.run(beginRequest({ traceparent }), () => messaging.publish([['key', n]]));
      }
      await messaging.instance(({ data: { n } }) => seen.set(n, propagationHeaders().traceparent?.split('-')[1]));
      await messaging.untilEffects(10);
      assert.deepEqual(list.map((n) => seen.get(n)), list.map(traceOf)); // prettier-ignore
    },
  },
];
