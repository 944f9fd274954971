import { problem } from '@cairn/http/errors';

export class WrongCredentials extends problem({
  code: 'identity.wrong-credentials',
  kind: 'unauthenticated',
  title: 'The login or the password is wrong',
}) {}
export class InvalidRefreshToken extends problem({
  code: 'identity.invalid-refresh-token',
  kind: 'unauthenticated',
  title: 'The refresh token is not valid: log in again',
}) {}
