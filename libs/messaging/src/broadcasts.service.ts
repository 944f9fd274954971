import type { CloudEvent, EventContract, EventData } from '@cairn/contracts/events';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Delivery } from './broker/broker.ts';
import { readRecord } from './cloud-events.ts';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging.options.ts';

type Hear = (event: CloudEvent) => void;

/**
 * The other kind of subscription: every instance hears every event, from now on, for what lives in the memory of each: GraphQL
 * subscriptions, streams to browsers, copies. No inbox and no retries; an event may come twice, and one that comes while the connection
 * to the broker is lost goes by.
 */
@Injectable()
export class Broadcasts {
  private readonly logger = new Logger(Broadcasts.name);
  private readonly listeners = new Map<string, Set<Hear>>();
  private readonly contracts = new Map<string, EventContract>();

  constructor(@Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions) {}

  /** Answers how to stop. @throws TypeError for an event that the service does not name among those that it `hears` */
  on<Contract extends EventContract>(
    contract: Contract,
    hear: (event: CloudEvent<EventData<Contract>>) => void,
  ): () => void {
    if (!this.options.hears?.some(({ type }) => type === contract.type))
      throw new TypeError(`${this.options.service} does not say that it hears ${contract.type}`);
    const listeners = this.listeners.get(contract.type) ?? new Set();
    this.listeners.set(contract.type, listeners.add(hear as Hear));
    this.contracts.set(contract.type, contract);
    return () => void listeners.delete(hear as Hear);
  }

  /** From the broker. What cannot be read is for a group's dead letters, not for a live view. */
  tell({ value }: Pick<Delivery, 'value'>): void {
    const read = readRecord(value, this.contracts, new Set());
    if (read.kind !== 'event') return;
    for (const hear of this.listeners.get(read.event.type) ?? [])
      try {
        hear(read.event);
      } catch (error) {
        this.logger.error(error, `A listener could not take ${read.event.type}`); // the others are to hear it all the same
      }
  }
}
