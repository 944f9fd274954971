import { z } from 'zod';

/** Control characters but tab, line feed and carriage return; what is left of a pair of surrogates cut in half. */
const UNSTORABLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Text that PostgreSQL can store and a page can show: NFC, without control characters. Lengths are counted in UTF-16 units. */
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
