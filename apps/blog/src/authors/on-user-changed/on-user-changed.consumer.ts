import { userChanged, type CloudEvent, type EventData } from '@cairn/contracts/events';
import { Consumer, type ConsumerProvider } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { AuthorsClient } from '../authors.client.ts';

/** By one instance: the cache tells the others. */
@Consumer({ event: userChanged })
@Injectable()
export class RenameAuthorOnUserChanged implements ConsumerProvider<typeof userChanged> {
  constructor(private readonly authors: AuthorsClient) {}

  handle({ data: { userId } }: CloudEvent<EventData<typeof userChanged>>): Promise<void> {
    return this.authors.forget(userId);
  }
}
