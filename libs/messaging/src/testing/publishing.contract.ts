import assert from 'node:assert/strict';
import { positions, valuesByKey, type Clause } from './stage.ts';

/** Composed and decomposed letters, characters outside of the basic plane, joined emoji, right to left, controls, and nothing at all. */
const AWKWARD = [
  '',
  ' ',
  '0',
  'é / e\u0301',
  '漢字 𝒳 👩‍👩‍👧‍👦',
  'שלום',
  'a\r\n\tb\u0000c',
  '"\\{}\u2028',
  'x'.repeat(200_000),
];

export const publishing: readonly Clause[] = [
  {
    name: 'what is published arrives with its topic, key, headers and value, to the last character',
    async holds(stage) {
      const process = stage.process();
      const sent = AWKWARD.map((value, n) =>
        stage.record(`key ${n} ключ 🔑`, value, { headers: n ? { traceparent: `00-${n}`, 'x-ünï': '✓ "\'' } : {} }),
      );
      await process.publish(sent);
      const { deliveries } = await stage.collect(process);
      await stage.until('all have come', () => deliveries.length >= sent.length);
      const plain = deliveries.map(({ topic, key, headers, value }) => ({
        topic,
        key,
        headers: { ...headers },
        value,
      }));
      const inOrder = plain.sort((one, other) => (one.key < other.key ? -1 : 1));
      assert.deepEqual(inOrder, sent);
    },
  },
  {
    name: 'every record has a position of its own, the same for every group',
    async holds(stage) {
      const process = stage.process();
      await process.publish(stage.numbered(20, 5));
      const [one, other] = await Promise.all(
        ['one', 'other'].map((group) => stage.collect(process, { group: `${stage.group}-${group}` })),
      );
      await stage.until('both have all', () => one!.deliveries.length >= 100 && other!.deliveries.length >= 100);
      const where = new Map(one!.deliveries.map(({ position, key, value }) => [position, `${key} ${value}`]));
      assert.equal(where.size, 100, 'two records have one position');
      for (const { position, key, value } of other!.deliveries) assert.equal(where.get(position), `${key} ${value}`);
    },
  },
  {
    name: 'what is published stays until it is read, and a new group begins with the oldest',
    async holds(stage) {
      const publisher = stage.process();
      await publisher.publish(stage.numbered(4, 10));
      await publisher.close();
      for (const group of ['first', 'second']) {
        const { deliveries } = await stage.collect(stage.process(), { group: `${stage.group}-${group}` });
        await stage.until(`the ${group} group has all`, () => deliveries.length >= 40);
        assert.deepEqual(
          valuesByKey(deliveries)['key-0'],
          Array.from({ length: 10 }, (_, n) => String(n)),
        );
      }
    },
  },
  {
    name: 'when publish has resolved the broker has all of it, though the process dies in the same moment',
    async holds(stage) {
      const publisher = stage.process();
      await publisher.publish(stage.numbered(10, 30));
      publisher.crash();
      const { deliveries } = await stage.collect(stage.process());
      await stage.until('all have come', () => deliveries.length >= 300);
      assert.equal(new Set(positions(deliveries)).size, 300);
    },
  },
  {
    name: 'publish rejects when the broker does not have it',
    async holds(stage) {
      const publisher = stage.process();
      await publisher.publish([stage.record('key', 'before')]);
      publisher.cutOff();
      const published = publisher.publish([stage.record('key', 'after')]);
      await assert.rejects(
        stage.within('it has an answer', published),
        (error: Error) => error.name !== 'AssertionError',
      );
    },
  },
  {
    name: 'check tells whether the broker can be used',
    async holds(stage) {
      const process = stage.process();
      await stage.within('it has an answer', process.check());
      process.cutOff();
      const checked = process.check();
      await assert.rejects(
        stage.within('it has an answer', checked),
        (error: Error) => error.name !== 'AssertionError',
      );
    },
  },
  {
    name: 'an empty list is published at once',
    holds: (stage) => stage.within('it has resolved', stage.process().publish([])),
  },
];
