/*
 * Each is looked for where a word begins, and what it has read it does not read again: what is tried anew at every letter of a long word
 * takes the square of its length, and anybody may send long words.
 */
const EMAIL = /(?<![^\s/@:;,<>"'()])[^\s/@:;,<>"'()]+@[^\s/@:;,<>"'()]+\.[\p{L}\d-]{2,}/gu;
/** As it stands in the query of an address, encoded however often: up to the first such sign, and no further when what follows is no domain. */
const ENCODED_EMAIL = /(?<![^\s/@:;,<>"'()])(?=([^\s/@:;,<>"'()]+?%(?:25)*40))\1[^\s/@:;,<>"'()]+\.[\p{L}\d-]{2,}/gu;
const JWT = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(\.[\w-]*)*/g;
const UUID = /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi;
const LONG_HEX = /\b[\da-f]{24,}\b/gi;
/** Letters and digits that no word has in such a row: base64, base64url, keys with a prefix. */
const LONG_MIXED = /[\w+=-]{24,}/g;

/** As it was, with `:email`, `:id` and `:token` in place of what tells of a person or lets somebody in. */
export function withoutPersonal(text: string): string {
  if (text.length < 6) return text;
  return text
    .replace(EMAIL, ':email')
    .replace(ENCODED_EMAIL, ':email')
    .replace(JWT, ':token')
    .replace(UUID, ':id')
    .replace(LONG_HEX, ':token')
    .replace(LONG_MIXED, (found) => (isMixed(found) ? ':token' : found));
}

/** `the-10-best-ways-to-build-a-cairn` is none: it falls into short words, and its digits are a word of their own. */
const isMixed = (found: string) =>
  found.split(/[-_]/).some((part) => part.length >= 16 && /\d/.test(part) && /[a-z]/i.test(part)) ||
  (found.match(/\d[a-z]|[a-z]\d/gi)?.length ?? 0) >= 4;
