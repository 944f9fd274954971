import type { CloudEvent, EventContract } from '@cairn/contracts/events';
import type { z } from 'zod';
import type { Broker } from '../broker/broker.ts';
import { readRecord, toRecord } from '../cloud-events.ts';

/** Plays the services with which the one under test exchanges events, on its own broker. */
export class AnotherService {
  /** What it has heard since `hear`, oldest first. */
  readonly heard: CloudEvent[] = [];

  constructor(
    private readonly broker: Broker,
    private readonly name = 'another',
  ) {}

  /** Resolves when the broker has it. */
  async publish<Schema extends z.ZodObject>(contract: EventContract<Schema>, data: z.input<Schema>): Promise<void> {
    await this.broker.publish([toRecord(contract, data, this.name)]);
  }

  /** From now on. */
  async hear(...contracts: EventContract[]): Promise<void> {
    const byType = new Map(contracts.map((contract) => [contract.type, contract]));
    const topics = [...new Set(contracts.map(({ topic }) => topic))];
    await this.broker.listen(topics, ({ value }) => {
      const read = readRecord(value, byType, new Set());
      if (read.kind === 'event') this.heard.push(read.event);
    });
  }
}
