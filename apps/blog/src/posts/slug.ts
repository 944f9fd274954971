/** Characters of a slug before its number; with it, it fits a URL of any script. */
const MAX_LENGTH = 80;

/**
 * The part of a URL that names a post: the letters and digits of its title in any script, in lower case, without the accents of
 * Latin letters. `post` when the title has none.
 */
export function slugify(title: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/(?<=\p{Script=Latin})\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{N}\p{M}]+/gu);
  const slug = [...(words ?? []).join('-')].slice(0, MAX_LENGTH).join('');
  return slug.replace(/-+$/, '') || 'post';
}
