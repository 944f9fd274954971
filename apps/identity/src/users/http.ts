import { problem } from '@cairn/http/errors';
import { z } from 'zod';

const UNSTORABLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Text that PostgreSQL can store and a page can show: NFC, without control characters. */
export const text = () =>
  z
    .string()
    .refine((value) => !UNSTORABLE.test(value), 'Contains a character that is not text')
    .normalize('NFC');

/** The same on one line, trimmed. */
export const line = () =>
  text()
    .refine((value) => !/[\t\r\n]/.test(value), 'Must be one line')
    .trim();

export class Stale extends problem({
  code: 'request.stale',
  kind: 'stale',
  title: 'The resource has changed since you read it',
}) {}

export type SeenVersion = number | undefined;

/** @throws Stale */
export function checkVersion(seen: SeenVersion, current: number): void {
  if (seen !== undefined && seen !== current) throw new Stale();
}
