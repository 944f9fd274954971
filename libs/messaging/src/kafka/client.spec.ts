import { expect, test } from '@jest/globals';
import { createRequire } from 'node:module';
import { kafkaClient } from './client.ts';
import { lots } from './sender.ts';

test('a connection that is idle sets no timers', () => {
  kafkaClient({ brokers: ['nowhere:9092'], clientId: 'test' });
  const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as new (
    options: object,
  ) => { scheduleCheckPendingRequests(): void; throttleCheckTimeoutId: unknown; pending: unknown[]; destroy(): void };
  const queue = new RequestQueue({ logger: {} });
  queue.scheduleCheckPendingRequests();
  expect(queue.throttleCheckTimeoutId).toBeNull();
  queue.pending.push({});
  queue.scheduleCheckPendingRequests();
  expect(queue.throttleCheckTimeoutId).not.toBeNull(); // what waits is looked at
  queue.destroy();
});

test('lots keep the order and are no bigger than a broker takes', () => {
  const records = Array.from({ length: 10 }, (_, n) => ({
    topic: 't',
    key: 'k',
    headers: {},
    value: `${n}`.repeat(100),
  }));
  const cut = lots(records, 1_500);
  expect(cut.map(({ length }) => length)).toEqual([2, 2, 2, 2, 2]);
  expect(cut.flat()).toEqual(records);
  expect(lots(records, 10)).toHaveLength(10); // each too big by itself goes alone
  expect(lots([])).toEqual([]);
});
