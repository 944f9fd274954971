import { hitsReceived, type CloudEvent, type EventData } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import { Consumer, type ConsumerProvider } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { HitRepository } from '../hit.repository.ts';

/** What pages told of, from the stream into the tables. */
@Consumer({ event: hitsReceived, group: 'analytics-hits' })
@Injectable()
export class StoreHitsOnHitsReceived implements ConsumerProvider<typeof hitsReceived> {
  constructor(private readonly hits: HitRepository) {}

  async handleBatch(events: readonly CloudEvent<EventData<typeof hitsReceived>>[], tx: Transaction): Promise<void> {
    await this.hits.store(tx, events.flatMap(({ data }) => data.hits)); // prettier-ignore
  }
}
