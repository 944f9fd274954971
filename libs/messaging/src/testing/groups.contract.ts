import assert from 'node:assert/strict';
import { valuesByKey, type Clause, type Stage } from './stage.ts';

const KEYS = 64;

export const groups: readonly Clause[] = [
  {
    name: 'every group gets everything, of all topics that it reads',
    async holds(stage) {
      const topics = [stage.topic, `${stage.topic}-more`];
      const process = stage.process();
      const [one, other] = await Promise.all(
        ['one', 'other'].map((group) => stage.collect(stage.process(), { group: `${stage.group}-${group}`, topics })),
      );
      const sent = topics.flatMap((topic) => stage.numbered(10, 5).map((record) => ({ ...record, topic })));
      await process.publish(sent);
      for (const { deliveries } of [one!, other!]) {
        await stage.until('a group has all', () => deliveries.length >= sent.length);
        for (const topic of topics)
          assert.equal(deliveries.filter((delivery) => delivery.topic === topic).length, 50, `of ${topic}`);
      }
    },
  },
  {
    name: 'within a group the work is shared, and each record is handled by one',
    async holds(stage) {
      const publisher = stage.process();
      const members = await Promise.all([1, 2, 3].map(() => stage.collect(stage.process())));
      await untilShared(stage, async (round) => {
        const seen = members.map(({ deliveries }) => deliveries.length);
        await publisher.publish(stage.numbered(KEYS, 1, -round));
        const whose = () => members.map(({ deliveries }, n) => deliveries.slice(seen[n]));
        await stage.until('a round is handled', () => whose().flat().length >= KEYS);
        return whose().map((each) => each.map(({ key }) => key).sort());
      });
      for (const { deliveries } of members) deliveries.length = 0;
      await publisher.publish(stage.numbered(KEYS, 10, 1_000));
      const all = () => members.flatMap(({ deliveries }) => deliveries);
      await stage.until('all are handled', () => new Set(all().map(({ position }) => position)).size >= KEYS * 10);
      assert.equal(all().length, KEYS * 10, 'a record was handled by two');
    },
  },
  {
    name: 'what has been handled is acknowledged: after a stop only what is new comes',
    async holds(stage) {
      const publisher = stage.process();
      await publisher.publish(stage.numbered(KEYS, 5));
      const first = await stage.collect(stage.process());
      await stage.until('all are handled', () => first.deliveries.length >= KEYS * 5);
      await first.consumption.stop();
      await publisher.publish(stage.numbered(KEYS, 1, 5));
      const second = await stage.collect(stage.process());
      await stage.until(
        'what is new has come',
        () => second.deliveries.filter(({ value }) => value === '5').length >= KEYS,
      );
      assert.equal(second.deliveries.length, KEYS, 'something came that had been acknowledged');
    },
  },
  {
    name: 'nothing is acknowledged before handle has resolved: who crashes in the middle loses nothing',
    async holds(stage) {
      const publisher = stage.process();
      const dying = stage.process();
      await publisher.publish(stage.numbered(KEYS, 2));
      const held = await stage.collect(dying, { maxBatch: 10 }, () => new Promise(() => undefined));
      await stage.until('something is in hand', () => held.deliveries.length > 0);
      dying.crash();
      const { deliveries } = await stage.collect(stage.process());
      await stage.until('all have come to another', () => deliveries.length >= KEYS * 2);
      for (const values of Object.values(valuesByKey(deliveries))) assert.deepEqual(values, ['0', '1']);
    },
  },
  {
    name: 'what a crashed one had in hand comes to those who are already there',
    async holds(stage) {
      const publisher = stage.process();
      const dying = stage.process();
      const handled = new Set<string>();
      const hand = await stage.collect(dying, { maxBatch: 5 }, () => new Promise(() => undefined));
      await stage.collect(stage.process(), { maxBatch: 5 }, async (batch) => {
        for (const { key, value } of batch) handled.add(`${key} ${value}`);
      });
      await publisher.publish(stage.numbered(KEYS, 2));
      await stage.until('the dying one has something in hand', () => hand.deliveries.length > 0);
      dying.crash();
      await stage.until('the other has handled all', () => handled.size >= KEYS * 2);
    },
  },
];

/** Until all have a share and keep it: the same keys twice. */
async function untilShared(stage: Stage, round: (n: number) => Promise<string[][]>): Promise<void> {
  let before = '';
  let n = 0;
  await stage.until('all members have a share of the work', async () => {
    const shares = await round(++n);
    const now = JSON.stringify(shares);
    const isShared = now === before && shares.every(({ length }) => length > 0);
    before = now;
    return isShared;
  });
}
