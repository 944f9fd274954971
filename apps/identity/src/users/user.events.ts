import { userChanged, userDeleted, userRegistered, type EventData } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import type { Outbox } from '@cairn/messaging';
import type { User } from './user.ts';

export const announceRegistration = (outbox: Outbox, tx: Transaction, user: User): Promise<void> =>
  outbox.publish(tx, userRegistered, profileOf(user));

/** What the account is from now on, or that it is no more. Last in its transaction: sessions are locked before events are. */
export function announceChange(outbox: Outbox, tx: Transaction, user: User): Promise<void> {
  if (user.state === 'deleted') return outbox.publish(tx, userDeleted, { userId: user.id });
  return outbox.publish(tx, userChanged, {
    ...profileOf(user),
    roles: user.roles,
    suspended: user.state === 'suspended',
  });
}

/** Without what is nobody else's business: no e-mail address leaves identity. */
function profileOf({ id, username, displayName, avatarUrl }: User): EventData<typeof userRegistered> {
  return { userId: id, username: username!, displayName, avatarUrl };
}
