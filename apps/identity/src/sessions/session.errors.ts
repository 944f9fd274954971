import { problem } from '@cairn/http/errors';

export class WrongCredentials extends problem({
  code: 'identity.wrong-credentials',
  kind: 'unauthenticated',
  title: 'The login or the password is wrong',
}) {}
/** Told only to who has given the right password. */
export class AccountSuspended extends problem({
  code: 'identity.account-suspended',
  kind: 'forbidden',
  title: 'The account is suspended',
}) {}
export class InvalidRefreshToken extends problem({
  code: 'identity.invalid-refresh-token',
  kind: 'unauthenticated',
  title: 'The refresh token is not valid: log in again',
}) {}
export class SessionNotFound extends problem({
  code: 'identity.session-not-found',
  kind: 'not-found',
  title: 'You have no such session',
}) {}
