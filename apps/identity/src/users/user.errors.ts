import { problem } from '@cairn/http/errors';

export class UserNotFound extends problem({
  code: 'identity.user-not-found',
  kind: 'not-found',
  title: 'There is no such user',
}) {}
export class EmailTaken extends problem({
  code: 'identity.email-taken',
  kind: 'conflict',
  title: 'There is an account with this email already',
}) {}
export class UsernameTaken extends problem({
  code: 'identity.username-taken',
  kind: 'conflict',
  title: 'This username is taken',
}) {}
/** Costs nothing to refuse, 0.2 s of a core to take. */
export class PasswordQueueFull extends problem({
  code: 'identity.password-queue-full',
  kind: 'unavailable',
  title: 'Too many passwords are being checked right now: try again in a moment',
}) {}
