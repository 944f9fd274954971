import assert from 'node:assert/strict';
import type { Delivery } from '../broker/broker.ts';
import type { BrokerProcess } from './broker-process.ts';
import { valuesByKey, type Clause } from './stage.ts';

async function hears(process: BrokerProcess, topics: readonly string[]) {
  const heard: Delivery[] = [];
  const listening = await process.listen(topics, (delivery) => heard.push(delivery));
  return { heard, stop: () => listening.stop() };
}

export const listening: readonly Clause[] = [
  {
    name: 'whoever listens hears everything after it has resolved, in every process, and nothing from before',
    async holds(stage) {
      const publisher = stage.process();
      await publisher.publish(stage.numbered(10, 3, -3));
      const more = `${stage.topic}-more`;
      const listeners = await Promise.all([1, 2].map(() => hears(stage.process(), [stage.topic, more])));
      const sent = [...stage.numbered(10, 5), stage.record('k', 'more', { topic: more, headers: { a: 'b' } })];
      await publisher.publish(sent);
      for (const { heard } of listeners) {
        await stage.until('a process has heard all', () => heard.length >= sent.length);
        assert.equal(heard.length, sent.length);
        const { [`key-3`]: values } = valuesByKey(heard);
        assert.deepEqual(values, ['0', '1', '2', '3', '4']);
        assert.deepEqual({ ...heard.find(({ topic }) => topic === more)!.headers }, { a: 'b' });
      }
    },
  },
  {
    name: 'who listens from the oldest hears first what the broker still has, in order per key, then what comes',
    async holds(stage) {
      const publisher = stage.process();
      await publisher.publish(stage.numbered(10, 3));
      const heard: Delivery[] = [];
      await stage.process().listen([stage.topic], (delivery) => heard.push(delivery), { isFromOldest: true });
      await publisher.publish(stage.numbered(10, 2, 3));
      await stage.until('it has heard all', () => heard.length >= 50);
      for (const values of Object.values(valuesByKey(heard))) assert.deepEqual(values, ['0', '1', '2', '3', '4']);
    },
  },
  {
    name: 'who listens takes nothing from a group, and hears nothing more once it has stopped',
    async holds(stage) {
      const process = stage.process();
      const { heard, stop } = await hears(process, [stage.topic]);
      const { deliveries } = await stage.collect(process);
      await process.publish(stage.numbered(10, 1));
      await stage.until('both have all', () => heard.length >= 10 && deliveries.length >= 10);
      await stop();
      await process.publish(stage.numbered(10, 1, 1));
      await stage.until('the group has the rest', () => deliveries.length >= 20);
      assert.equal(heard.length, 10);
    },
  },
];
