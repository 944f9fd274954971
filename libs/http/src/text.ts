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

/** Turns what follows around, so that a line reads as another: UAX #9, explicit directional formatting. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/;
/** Something that a reader sees: a name of nothing but zero-width spaces passes for another's. */
const VISIBLE = /[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/** The same on one line, trimmed; with something to see in it, unless it is empty. */
export const line = () =>
  z
    .string()
    .regex(LINE, { error: ({ input }) => (TEXT.test(String(input)) ? 'Must be one line' : NOT_TEXT) })
    .refine(isWellFormed, { error: NOT_TEXT, abort: true })
    .refine((value) => !TURNS.test(value), 'Contains a character that turns the text around')
    .normalize('NFC')
    .trim()
    .refine((value) => value === '' || VISIBLE.test(value), 'Has nothing to see in it');

const isWellFormed = (value: string) => value.isWellFormed();
