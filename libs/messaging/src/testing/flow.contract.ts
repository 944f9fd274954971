import assert from 'node:assert/strict';
import { PARTITIONS } from '../broker/broker.ts';
import { gate, valuesByKey, type Clause } from './stage.ts';

export const flow: readonly Clause[] = [
  {
    name: 'who is slow gets no more than one batch of each partition, and none bigger than asked for',
    async holds(stage) {
      const slow = gate();
      const process = stage.process();
      await process.publish(stage.numbered(50, 20));
      const { deliveries, calls } = await stage.collect(stage.process(), { maxBatch: 7 }, () => slow.passed);
      const witness = await stage.collect(stage.process(), { group: `${stage.group}-witness` });
      await stage.until('another group has all', () => witness.deliveries.length >= 1_000);
      await stage.until('every partition with records has a call', () => calls.length >= PARTITIONS / 2);
      assert.ok(deliveries.length <= 7 * PARTITIONS, `${deliveries.length} records at a time`);
      slow.open();
      await stage.until('all have come', () => deliveries.length >= 1_000);
      assert.ok(Math.max(...calls.map(({ length }) => length)) <= 7, 'a batch was bigger');
      assert.ok(
        calls.some(({ length }) => length > 1),
        'no batch had more than one record',
      );
    },
  },
  {
    name: 'pause begins nothing more, resume goes on where it was',
    async holds(stage) {
      const process = stage.process();
      const { deliveries, consumption } = await stage.collect(stage.process());
      const witness = await stage.collect(stage.process(), { group: `${stage.group}-witness` });
      await process.publish(stage.numbered(5, 1));
      await stage.until('what came before has come', () => deliveries.length >= 5);
      consumption.pause();
      await process.publish(stage.numbered(5, 20, 1));
      await stage.until('another group has all', () => witness.deliveries.length >= 5 * 21);
      await stage.until('they are counted as waiting', async () => (await consumption.lag())[stage.topic] === 100);
      assert.equal(deliveries.length, 5, 'something came during the pause');
      consumption.resume();
      await stage.until('the rest has come', () => deliveries.length >= 5 * 21);
      for (const values of Object.values(valuesByKey(deliveries)))
        assert.deepEqual(
          values,
          Array.from({ length: 21 }, (_, n) => String(n)),
        );
    },
  },
  {
    name: 'lag counts by topic what the group has not handled',
    async holds(stage) {
      const other = `${stage.topic}-other`;
      const held = gate();
      const process = stage.process();
      const { consumption } = await stage.collect(
        process,
        { topics: [stage.topic, other], maxBatch: 5 },
        () => held.passed,
      );
      const lag = async () => JSON.stringify(Object.entries(await consumption.lag()).sort());
      const shows = (here: number, there: number) =>
        stage.until(`${here} and ${there} wait`, async () => (await lag()) === JSON.stringify([[stage.topic, here], [other, there]])); // prettier-ignore
      await shows(0, 0);
      await process.publish([...stage.numbered(3, 10), stage.record('key', 'there', { topic: other })]);
      await shows(30, 1);
      held.open();
      await shows(0, 0);
    },
  },
  {
    name: 'stop finishes what is under way, acknowledges it, and begins nothing more',
    async holds(stage) {
      const publisher = stage.process();
      const held = gate();
      await publisher.publish(stage.numbered(1, 10));
      const first = await stage.collect(stage.process(), { maxBatch: 4 }, () => held.passed);
      await stage.until('a batch is under way', () => first.deliveries.length > 0);
      const underWay = first.deliveries.length;
      let isStopped = false;
      const stopping = first.consumption.stop().then(() => (isStopped = true));
      const witness = await stage.collect(stage.process(), { group: `${stage.group}-witness` });
      await stage.until('another group has all', () => witness.deliveries.length >= 10);
      assert.equal(isStopped, false, 'it did not wait for what is under way');
      held.open();
      await stage.within('it stops', stopping);
      assert.equal(first.deliveries.length, underWay, 'a call began after the stop');
      const second = await stage.collect(stage.process());
      await stage.until('the rest comes to another', () => second.deliveries.at(-1)?.value === '9');
      assert.equal(second.deliveries[0]!.value, String(underWay), 'what was under way was not acknowledged');
    },
  },
  {
    name: 'close stops what consumes through it',
    async holds(stage) {
      const publisher = stage.process();
      const leaving = stage.process();
      const left = await stage.collect(leaving);
      await publisher.publish(stage.numbered(4, 1));
      await stage.until('it takes part', () => left.deliveries.length >= 4);
      await stage.within('it closes', leaving.close());
      await publisher.publish(stage.numbered(4, 1, 1));
      const staying = await stage.collect(stage.process());
      await stage.until('another has what came later', () => staying.deliveries.length >= 4);
      assert.equal(left.deliveries.length, 4);
      assert.ok(staying.deliveries.every(({ value }) => value === '1'));
    },
  },
];
