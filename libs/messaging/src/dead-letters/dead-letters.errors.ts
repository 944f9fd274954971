import { problem } from '@cairn/http/errors';

export class DeadLetterNotFound extends problem({
  code: 'messaging.dead-letter-not-found',
  kind: 'not-found',
  title: 'There is no such dead letter: it was handled or discarded, or never was',
}) {}
export class NotDeadYet extends problem({
  code: 'messaging.not-dead-yet',
  kind: 'conflict',
  title: 'This event is being tried again: only what is dead can be discarded',
}) {}
export class WaitsBehindAnother extends problem({
  code: 'messaging.waits-behind-another',
  kind: 'conflict',
  title: 'This event has not failed: it waits behind an earlier one of its key, which can be replayed or discarded',
}) {}
