import { userDeleted, type CloudEvent, type EventData } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import { Consumer, type ConsumerProvider } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { DeletedUserRepository } from '../deleted-user.repository.ts';

/** Their sites are gone at once, with their places as readers; the data goes in steps. In a group of its own, so that no other consumer's failure holds it up. */
@Consumer({ event: userDeleted, group: 'analytics-erasures' })
@Injectable()
export class EraseSitesOnUserDeleted implements ConsumerProvider<typeof userDeleted> {
  constructor(private readonly users: DeletedUserRepository) {}

  handle({ data: { userId } }: CloudEvent<EventData<typeof userDeleted>>, tx: Transaction): Promise<void> {
    return this.users.note(tx, userId);
  }
}
