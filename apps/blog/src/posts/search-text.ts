/* Control characters have a meaning of their own here: no text of ours contains any (see `text` in libs/http). */
const LESS = '\u0003';
const GREATER = '\u0004';

/** What PostgreSQL puts around a match. */
export const MARK_BEGIN = '\u0001';
export const MARK_END = '\u0002';

/** A text as search keeps it. PostgreSQL's parser skips what looks like an HTML element, and a script whole: here it is text. */
export const toSearchText = (text: string) => text.replaceAll('<', LESS).replaceAll('>', GREATER);

const HTML: Record<string, string> = {
  '&': '&amp;',
  '"': '&quot;',
  "'": '&#39;',
  '<': '&lt;',
  '>': '&gt;',
  [LESS]: '&lt;',
  [GREATER]: '&gt;',
  [MARK_BEGIN]: '<mark>',
  [MARK_END]: '</mark>',
};

/** A search text with marks as HTML: escaped, the marks made elements. Nothing else in it is markup, whatever the author wrote. */
export const toHighlight = (marked: string) => marked.replace(/[&"'<>\u0001-\u0004]/g, (character) => HTML[character]!);
