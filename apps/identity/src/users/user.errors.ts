import { problem } from '@cairn/http/errors';

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
