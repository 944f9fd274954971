import { z } from 'zod';

/*
 * Both are patterns, not refinements, so that the API description says them and clients know before they send. With the flag `u`, as
 * JSON Schema reads patterns, a pair of surrogates is one character and only half a pair is a surrogate.
 */

/** No control characters but tab, line feed and carriage return; no half of a pair of surrogates. */
const TEXT = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ud800-\udfff]*$/u;
/** No control characters. */
const LINE = /^[^\u0000-\u001f\u007f\ud800-\udfff]*$/u;

const NOT_TEXT = 'Contains a character that is not text';

/** Text that PostgreSQL can store and a page can show: NFC, without control characters. Lengths are counted in UTF-16 units. */
export const text = () => z.string().regex(TEXT, NOT_TEXT).normalize('NFC');

/** The same on one line, trimmed. */
export const line = () =>
  z
    .string()
    .regex(LINE, { error: ({ input }) => (TEXT.test(String(input)) ? 'Must be one line' : NOT_TEXT) })
    .normalize('NFC')
    .trim();
