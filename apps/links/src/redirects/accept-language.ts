/** A language that somebody reads, and how gladly: 0 to 1. */
export interface Preference {
  /** In lower case: `de-at`. */
  readonly range: string;
  readonly quality: number;
}

const LONGEST = 1_000;
const MOST = 30;

/** RFC 9110, section 12.5.4. What makes no sense is left out, and `*`: who reads anything is served as everybody (RFC 4647, section 3.4). */
export function preferencesOf(header: string | undefined): Preference[] {
  if (!header || header.length > LONGEST) return [];
  return header
    .split(',', MOST)
    .map((item) => /^\s*([a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?$/i.exec(item))
    .filter((found) => found !== null)
    .map(([, range, quality = '1']) => ({ range: range!.toLowerCase(), quality: Math.min(1, Number(quality)) }));
}

/**
 * How gladly somebody reads a language; 0: not at all. The longest range that fits says it (RFC 4647, section 3.3.1), in either direction:
 * who asks for `de-AT` is served by what is for `de`, who asks for `de` by what is for `de-AT`.
 * @param language in lower case
 */
export function qualityOf(language: string, preferences: readonly Preference[]): number {
  let best: Preference | undefined;
  for (const each of preferences)
    if (fits(each.range, language) && (!best || rank(each, language) > rank(best, language))) best = each;
  return best?.quality ?? 0;
}

const fits = (range: string, language: string) =>
  range === language || range.startsWith(`${language}-`) || language.startsWith(`${range}-`);

/** Named itself, then within it (`de-at` for `de`; the gladest of them), then around it. */
function rank({ range, quality }: Preference, language: string): number {
  if (range === language) return 4;
  return range.length > language.length ? 2 + quality : 1;
}
