import { problem } from '@cairn/http/errors';

export class UserNotFound extends problem({
  code: 'identity.user-not-found',
  kind: 'not-found',
  title: 'There is no such user',
}) {}
/** What is left of a deleted account cannot be changed. */
export class UserDeleted extends problem({
  code: 'identity.user-deleted',
  kind: 'conflict',
  title: 'This account has been deleted',
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
export class TooManySignUps extends problem({
  code: 'identity.too-many-sign-ups',
  kind: 'too-many',
  title: 'Too many accounts were asked for from this address: wait before you try again',
}) {}
/** 403 and not 401: the access token is fine, and a client that gets a 401 would throw it away. */
export class WrongPassword extends problem({
  code: 'identity.wrong-password',
  kind: 'forbidden',
  title: 'That is not the password of this account',
}) {}
export class LastAdmin extends problem({
  code: 'identity.last-admin',
  kind: 'conflict',
  title: 'This is the last admin: make another one first',
}) {}
