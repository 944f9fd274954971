import type { CloudEvent, EventContract, EventData } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import { SetMetadata } from '@nestjs/common';

export const CONSUMER = 'cairn:consumer';

export interface ConsumerOptions<Contract extends EventContract = EventContract> {
  readonly event: Contract;
  /**
   * Consumers of one group stand or fall together: what they do with an event commits once, and one that fails holds up the others'
   * later events of the same subject. The service's own unless told otherwise; `<service>-search` and the like stand alone.
   */
  readonly group?: string;
  /**
   * In milliseconds: each partition gives the group a batch so often at most, unless batches are full. For counters and the like, which a
   * larger batch costs no more than a small one, and where nobody looks sooner. Default 0: whatever has come, as soon as it has.
   */
  readonly paceMs?: number;
}

/** What a service does when something has happened elsewhere. Exactly one of the two methods. */
export interface ConsumerProvider<Contract extends EventContract = EventContract> {
  /** Writes through `tx` and nothing else: what it does there and the note that it is done commit together, so that its effect is there once. */
  handle?(event: CloudEvent<EventData<Contract>>, tx: Transaction): Promise<void>;
  /** Several at once, in order, for where throughput matters. When it throws they come again one by one. */
  handleBatch?(events: readonly CloudEvent<EventData<Contract>>[], tx: Transaction): Promise<void>;
}

/** For a provider: `on-user-deleted/on-user-deleted.consumer.ts`. */
export const Consumer = <Contract extends EventContract>(options: ConsumerOptions<Contract>) =>
  SetMetadata(CONSUMER, options);
