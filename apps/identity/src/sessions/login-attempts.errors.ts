import { problem } from '@cairn/http/errors';

export class TooManyLogins extends problem({
  code: 'identity.too-many-logins',
  kind: 'too-many',
  title: 'Too many failed logins: wait before you try again',
}) {
  /** The limit that was reached. */
  limit: { name: string; points: number; windowSeconds: number; resetSeconds: number } | undefined;
}
