/**
 * Whether a raw request target lies below a public prefix. Compared byte by byte, as it stands on the wire and before any decoding: what
 * does not look exactly like the prefix is not routed. Below it everything goes on unchanged, but for segments that, once decoded,
 * would lead out of it on a server that resolves them (RFC 3986, section 5.2.4).
 */
export function isBelow(prefix: string, target: string): boolean {
  const [path = ''] = target.split('?', 1);
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return false;
  return !decoded(path)
    .split(/[/\\]/)
    .some((segment) => segment === '.' || segment === '..');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path.replace(/%2e/gi, '.').replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
  }
}
