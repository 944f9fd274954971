import { expect, test } from '@jest/globals';
import { Facts } from './facts.service.ts';
import { notedOn } from './testing/noted.events.ts';
import { MemoryBroker } from './testing/memory.broker.ts';

const noted = notedOn('facts');
const factsOn = (broker: MemoryBroker, publishes = [noted]) => new Facts(broker, { service: 'test', publishes });

test('a fact is acknowledged once the broker has it, and each is there once', async () => {
  const broker = new MemoryBroker();
  const values: string[] = [];
  await broker.listen([noted.topic], ({ value }) => values.push(value));
  await Promise.all([1, 2, 3].map((n) => factsOn(broker).appendFact(noted, { key: 'a', n })));
  expect(values.map((value) => JSON.parse(value).data.n)).toEqual([1, 2, 3]);
});

test('a fact that the broker may not have is not acknowledged', async () => {
  const broker = new MemoryBroker();
  broker.publish = async () => {
    throw new Error('away');
  };
  await expect(factsOn(broker).appendFact(noted, { key: 'a', n: 1 })).rejects.toThrow('away');
});

test('nothing is published that does not fit its contract, or that the service does not name', async () => {
  const facts = factsOn(new MemoryBroker());
  await expect(facts.appendFact(noted, { key: 'a', n: 'one' } as never)).rejects.toThrow('cannot be published');
  await expect(factsOn(new MemoryBroker(), []).appendFact(noted, { key: 'a', n: 1 })).rejects.toThrow('does not say');
});
