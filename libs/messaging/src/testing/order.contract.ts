import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '../broker/broker.ts';
import type { BrokerProcess } from './broker-process.ts';
import { valuesByKey, type Clause, type Stage } from './stage.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, n) => String(n));

export const order: readonly Clause[] = [
  {
    name: 'records of a key come in the order in which they were published, in big batches and small',
    async holds(stage) {
      const process = stage.process();
      const { deliveries } = await stage.collect(stage.process(), { maxBatch: 100 });
      await process.publish(stage.numbered(20, 100));
      for (let n = 100; n < 110; n++) await process.publish(stage.numbered(20, 1, n));
      await stage.until('all have come', () => deliveries.length >= 20 * 110);
      const byKey = valuesByKey(deliveries);
      assert.equal(Object.keys(byKey).length, 20);
      for (const values of Object.values(byKey)) assert.deepEqual(values, upTo(110));
    },
  },
  {
    name: 'no second call begins in a partition while one is under way',
    async holds(stage) {
      const underWay = new Set<string>();
      const clashes: string[] = [];
      const { deliveries } = await stage.collect(stage.process(), { maxBatch: 3 }, async (batch) => {
        const keys = new Set(batch.map(({ key }) => key));
        for (const key of keys) if (underWay.has(key)) clashes.push(key);
        for (const key of keys) underWay.add(key);
        await sleep(1);
        for (const key of keys) underWay.delete(key);
      });
      await stage.process().publish(stage.numbered(10, 15));
      await stage.until('all have come', () => deliveries.length >= 150);
      assert.deepEqual(clashes, [], 'two calls had the same key at the same time');
    },
  },
  {
    name: 'what handle has rejected comes again, the same, and nothing that follows it before; other partitions go on',
    async holds(stage) {
      const failed = new Map<string, number>();
      const handled: Delivery[] = [];
      let isMended = false;
      await stage.collect(stage.process(), { maxBatch: 5 }, async (batch) => {
        if (!isMended && batch.some(({ key }) => key === 'key-0')) {
          const { position } = batch[0]!;
          failed.set(position, (failed.get(position) ?? 0) + 1);
          throw new Error('not now');
        }
        handled.push(...batch);
      });
      const [bad, others] = [stage.numbered(1, 20), stage.numbered(32, 20).filter(({ key }) => key !== 'key-0')];
      const publisher = stage.process();
      await publisher.publish(bad);
      await stage.until('it has failed', () => failed.size > 0);
      await publisher.publish(others);
      const keys = () => new Set(handled.map(({ key }) => key)).size;
      await stage.until('others go on', () => keys() >= 16);
      await stage.until('it has come again, twice', () => [...failed.values()].some((times) => times >= 3));
      assert.equal(failed.size, 1, 'another batch of the partition came instead');
      isMended = true;
      await stage.until('all are handled', () => handled.length >= 32 * 20);
      for (const values of Object.values(valuesByKey(handled))) assert.deepEqual(values, upTo(20));
    },
  },
  {
    name: 'through join, leave and crash of consumers nothing is lost and the order of each key is kept',
    async holds(stage) {
      const [keys, count] = [24, 60];
      const effects = new Effects();
      const [first, second] = [await effects.consume(stage), await effects.consume(stage)];
      const publisher = stage.process();
      const publishing = (async () => {
        for (let n = 0; n < count; n++) await publisher.publish(stage.numbered(keys, 1, n));
      })();
      const done = (share: number) =>
        stage.until(`${share} of it is done`, () => effects.count >= keys * count * share);
      await done(0.1);
      await effects.consume(stage);
      await done(0.3);
      await first.consumption.stop();
      await done(0.5);
      second.process.crash();
      await effects.consume(stage);
      await publishing;
      await done(1);
      assert.deepEqual(effects.mistakes, []);
    },
  },
];

/** What the handlers of several processes have done, each record once, as an inbox sees to it; a dead process does nothing more. */
class Effects {
  count = 0;
  readonly mistakes: string[] = [];
  private readonly last = new Map<string, number>();

  async consume(stage: Stage) {
    const process = stage.process();
    const { consumption } = await stage.collect(process, { maxBatch: 4 }, async (batch) => {
      for (const delivery of batch) {
        await sleep(Math.random() * 4);
        if (process.isCrashed) return;
        this.apply(delivery);
      }
    });
    return { process, consumption } satisfies { process: BrokerProcess; consumption: unknown };
  }

  private apply({ key, value }: Delivery): void {
    const last = this.last.get(key) ?? -1;
    if (Number(value) <= last) return; // again
    if (Number(value) !== last + 1) this.mistakes.push(`${key}: ${value} after ${last}`);
    this.last.set(key, Number(value));
    this.count++;
  }
}
