/**
 * Whether a raw request target lies below a public prefix. Compared byte by byte, as it stands on the wire and before any decoding: what
 * does not look exactly like the prefix is not routed. Below it everything goes on unchanged, but for segments that, once decoded,
 * would lead out of it on a server that resolves them (RFC 3986, section 5.2.4).
 */
export function isBelow(prefix: string, target: string): boolean {
  const end = target.indexOf('?');
  const path = end === -1 ? target : target.slice(0, end);
  if (path !== prefix && !(path.startsWith(prefix) && path[prefix.length] === '/')) return false;
  if (!SUSPICIOUS.test(path)) return true;
  return !decoded(path)
    .split(/[/\\]/)
    .some((segment) => segment === '.' || segment === '..');
}

/** Only with one of these can a segment be a dot, whatever the spelling. */
const SUSPICIOUS = /%|\\|\/\./;

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path.replace(/%2e/gi, '.').replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
  }
}
