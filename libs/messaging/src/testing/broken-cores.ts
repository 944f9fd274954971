import type { Delivery } from '../broker/broker.ts';
import { toRecord } from '../cloud-events.ts';
import type { ConsumerProvider } from '../consumer/consumer.decorator.ts';
import { GroupConsumer, type GroupConsumerOptions } from '../consumer/group-consumer.ts';
import type { Core } from './contract-kit.ts';

/* What is built on the broker, with the mistakes that samples of it have. */

type Handle = GroupConsumer['handle'];

/** One that sees, does or is told something else than the sound one. */
const consumer = (
  change: (options: GroupConsumerOptions) => Partial<GroupConsumerOptions>,
  around: (handle: Handle, options: GroupConsumerOptions) => Handle = (handle) => handle,
): Partial<Core> => ({
  groupConsumer: (options) => {
    const sound = new GroupConsumer({ ...options, ...change(options) });
    return {
      start: () => sound.start(),
      stop: () => sound.stop(),
      handle: around((deliveries) => sound.handle(deliveries), options),
    };
  },
});

const same = () => ({});

/** Publishes while the transaction is open, as who writes to the database and to the broker. */
const dualWrite: Partial<Core> = {
  outbox: ({ service }, broker) => ({
    publish: (_, contract, data) => broker.publish([toRecord(contract, data, service)]),
  }),
};

const noInbox = consumer(same, (handle, { transactions, handlers: { group } }) => async (deliveries) => {
  await transactions.run((tx) => tx.query('DELETE FROM inbox WHERE consumer_group = $1', [group]));
  await handle(deliveries);
});

const neverDeadLetters = consumer(({ handlers }) => ({
  handlers: {
    ...handlers,
    consumers: new Map([...handlers.consumers].map(([type, each]) => [type, each.map(swallowing)])),
  },
}));

const swallowing = (provider: ConsumerProvider): ConsumerProvider => ({
  handle: (event, tx) => provider.handle!(event, tx).catch(() => undefined),
});

const skipsWhatItCannotRead = consumer(same, (handle) => (deliveries) => handle(deliveries.filter(isReadable)));

function isReadable({ value }: Delivery): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

let count = 0;
/** Later ones of the key do not know what has been parked before them. */
const passesByWhatIsParked = consumer(
  same,
  (handle) => (deliveries) =>
    handle(deliveries.map((delivery) => ({ ...delivery, key: `${delivery.key} ${count++}` }))),
);

const neverTriesAgain = consumer(() => ({ retries: { maxAttempts: 1, firstMs: 1, maxMs: 1 } }));

const losesTheTrace = consumer(
  same,
  (handle) => (deliveries) =>
    handle(deliveries.map((delivery) => ({ ...delivery, value: delivery.value.replace('traceparent', 'nothing') }))),
);

/** With the clause that catches it. */
export const brokenCores: Record<string, readonly [Partial<Core>, clause: string]> = {
  'publishes outside of the transaction': [dualWrite, 'a transaction that commits publishes exactly its events'],
  'publishes before the commit': [dualWrite, 'nothing is published before its transaction has committed'],
  'has no inbox': [noInbox, 'what the broker has twice'],
  'never dead-letters': [neverDeadLetters, 'a poison event is parked'],
  'skips what it cannot read': [skipsWhatItCannotRead, 'what nobody can read goes to the dead letters'],
  'passes by what is parked': [passesByWhatIsParked, 'a poison event is parked'],
  'never tries again': [neverTriesAgain, 'what fails for a while is tried again'],
  'loses the trace': [losesTheTrace, 'the trace of the one who publishes'],
};
