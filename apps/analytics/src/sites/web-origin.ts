/** `https://example.org` as browsers send it (RFC 6454, section 6.2); undefined where the text names no origin of the web, or more than that. */
export function webOrigin(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined;
  return url.pathname === '/' && !url.search && !url.hash ? url.origin : undefined;
}
