import { z } from 'zod';

/*
 * Both are patterns, not refinements, so that the API description says them and clients know before they send. Half of a pair of
 * surrogates is refused too, but not by the patterns: it is no character of UTF-8, and many engines cannot read a pattern that names it.
 */

/** No control characters but tab, line feed and carriage return. */
const TEXT = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/;
/** No control characters. */
const LINE = /^[^\u0000-\u001f\u007f]*$/;

const NOT_TEXT = 'Contains a character that is not text';

/** Text that PostgreSQL can store and a page can show: NFC, without control characters. Lengths are counted in UTF-16 units. */
export const text = () => z.string().regex(TEXT, NOT_TEXT).refine(isWellFormed, NOT_TEXT).normalize('NFC');

/** The same on one line, trimmed. */
export const line = () =>
  z
    .string()
    .regex(LINE, { error: ({ input }) => (TEXT.test(String(input)) ? 'Must be one line' : NOT_TEXT) })
    .refine(isWellFormed, NOT_TEXT)
    .normalize('NFC')
    .trim();

const isWellFormed = (value: string) => value.isWellFormed();
