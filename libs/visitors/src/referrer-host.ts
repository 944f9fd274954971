const LONGEST = 255;

/**
 * The host of the page from which somebody came, without `www.`; null where there is none, or where it is one of `ownHosts`, which carry
 * their port as a URL's `host` does. Nothing else of the address is kept: paths and queries tell of people.
 */
export function referrerHost(header: string | undefined, ownHosts: readonly string[]): string | null {
  if (!header?.startsWith('http')) return null;
  const url = URL.parse(header);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  if (ownHosts.includes(url.host) || url.hostname.length > LONGEST) return null;
  return url.hostname.startsWith('www.') ? url.hostname.slice(4) : url.hostname;
}
