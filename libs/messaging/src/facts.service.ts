import type { EventContract } from '@cairn/contracts/events';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Broker } from './broker/broker.ts';
import { toRecord } from './cloud-events.ts';
import { assertPublishes } from './messaging.errors.ts';
import { BROKER, MESSAGING_OPTIONS, type MessagingOptions } from './messaging.options.ts';

/**
 * The one way to publish outside of a transaction: for a fact that has no row, as a visit or a page view. Where a row changes as well use
 * the outbox: a crash between the two would lose one of them.
 */
@Injectable()
export class Facts {
  constructor(
    @Inject(BROKER) private readonly broker: Broker,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
  ) {}

  /**
   * Resolves when the broker has it. The drivers send together what is published in one turn of the event loop.
   * @throws InvalidEvent; Error when the broker may not have it: append it again, the id is then another one
   */
  async appendFact<Schema extends z.ZodObject>(contract: EventContract<Schema>, data: z.input<Schema>): Promise<void> {
    assertPublishes(this.options, contract);
    await this.broker.publish([toRecord(contract, data, this.options.service)]);
  }
}
