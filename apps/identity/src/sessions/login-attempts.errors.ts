import { problem } from '@cairn/http/errors';

export class TooManyLogins extends problem({
  code: 'identity.too-many-logins',
  kind: 'too-many',
  title: 'Too many failed logins: wait before you try again',
}) {}
