/** Characters of a tag. */
export const MAX_TAG_LENGTH = 32;

/** Letters (with their marks) and digits of any script, in words joined by single dashes. */
export const TAG = /^[\p{L}\p{M}\p{N}]+(-[\p{L}\p{M}\p{N}]+)*$/u;

/** One spelling for a tag: `Machine  Learning` is `machine-learning`. What is no tag after this (`c++`) is refused, not bent further. */
export const normalizeTag = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .normalize('NFC')
    .replace(/[\s_]+/g, '-');
