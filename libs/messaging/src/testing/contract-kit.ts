import type { Broker } from '../broker/broker.ts';
import { GroupConsumer, type GroupConsumerOptions } from '../consumer/group-consumer.ts';
import type { MessagingOptions } from '../messaging.options.ts';
import { Outbox } from '../outbox/outbox.service.ts';

/** A driver and its server, as the contract suite needs them. */
export interface ContractKit {
  /** One more connection to the same server, as another process has it. */
  connect(): Broker;
  /** For a driver without sockets, whose connection cannot be cut from outside. */
  readonly cut?: (broker: Broker) => void;
  /** In milliseconds: the longest that anything takes, the change of hands after a crash above all. */
  readonly patienceMs: number;
  close?(): Promise<void>;
  /** Other parts of the core than its own: to show that the suite sees what is wrong with them. */
  readonly core?: Partial<Core>;
}

export interface Core {
  outbox(options: MessagingOptions, broker: Broker): Pick<Outbox, 'publish'>;
  groupConsumer(options: GroupConsumerOptions): Pick<GroupConsumer, 'start' | 'stop' | 'handle'>;
}

export const soundCore: Core = {
  outbox: (options) => new Outbox(options),
  groupConsumer: (options) => new GroupConsumer(options),
};
