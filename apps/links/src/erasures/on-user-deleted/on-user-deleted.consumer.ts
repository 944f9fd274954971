import { userDeleted, type CloudEvent, type EventData } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import { Consumer, type ConsumerProvider } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { ErasureRepository } from '../erasure.repository.ts';

/** Only notes whom to erase: what somebody has left can be too much for one transaction. */
@Consumer({ event: userDeleted, group: 'links-erasures' })
@Injectable()
export class NoteErasureOnUserDeleted implements ConsumerProvider<typeof userDeleted> {
  constructor(private readonly erasures: ErasureRepository) {}

  handle({ data: { userId } }: CloudEvent<EventData<typeof userDeleted>>, tx: Transaction): Promise<void> {
    return this.erasures.note(tx, userId);
  }
}
