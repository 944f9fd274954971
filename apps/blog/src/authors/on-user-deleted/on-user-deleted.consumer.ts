import { userDeleted, type CloudEvent, type EventData } from '@cairn/contracts/events';
import { Consumer, type ConsumerProvider } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { AuthorsClient } from '../authors.client.ts';

/** A deleted user's name is nowhere any more, in no instance's memory and not in Redis. */
@Consumer({ event: userDeleted })
@Injectable()
export class ForgetAuthorOnUserDeleted implements ConsumerProvider<typeof userDeleted> {
  constructor(private readonly authors: AuthorsClient) {}

  handle({ data: { userId } }: CloudEvent<EventData<typeof userDeleted>>): Promise<void> {
    return this.authors.forget(userId);
  }
}
