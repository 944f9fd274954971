import type { EventContract } from '@cairn/contracts/events';
import { Inject, Injectable, Optional } from '@nestjs/common';
import type { z } from 'zod';
import type { Broker } from './broker/broker.ts';
import { toRecord } from './cloud-events.ts';
import { assertPublishes } from './messaging.errors.ts';
import { BROKER, FACT_SENDER, MESSAGING_OPTIONS, type MessagingOptions } from './messaging.options.ts';
import type { FactSender } from './spool/fact-sender.ts';

/**
 * The one way to publish outside of a transaction: for a fact that has no row, as a visit or a page view. Where a row changes as well use
 * the outbox: a crash between the two would lose one of them.
 */
@Injectable()
export class Facts {
  constructor(
    @Inject(BROKER) private readonly broker: Broker,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    @Optional() @Inject(FACT_SENDER) private readonly sender?: FactSender,
  ) {}

  /**
   * Resolves when the broker has it. The drivers send together what is published in one turn of the event loop.
   * In a service with SPOOL_DIRECTORY also when it is on the disk, from where it is sent once the broker is back: that survives `kill -9`,
   * not a loss of power. Then it comes later than what is appended meanwhile, and may come twice, with one id.
   * @param options.isChecked its data are not held against the contract once more: for who says tens of thousands a second, made by code that
   * the compiler has checked. What does not fit after all is dead at its consumers.
   * @throws InvalidEvent; SpoolIsFull when it is nowhere; without a spool Error when the broker may not have it: append it again, the id is
   * then another one
   */
  async appendFact<Schema extends z.ZodObject>(
    contract: EventContract<Schema>,
    data: z.input<Schema>,
    { isChecked = false }: { readonly isChecked?: boolean } = {},
  ): Promise<void> {
    assertPublishes(this.options, contract);
    const record = toRecord(contract, data, this.options.service, isChecked);
    await (this.sender ? this.sender.publish(record) : this.broker.publish([record]));
  }
}
