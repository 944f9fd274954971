import type { IncomingMessage } from 'node:http';

/** A host as it may stand in `Host` (RFC 9110, section 7.2): a name or an address, and a port. */
const HOST = /^([a-z0-9._~-]|%[0-9a-f]{2}|[!$&'()*+,;=])*(:\d*)?$|^\[[0-9a-f:.]+\](:\d*)?$/i;
const MOST_FIELDS = 100;

export interface Malformed {
  readonly status: 400 | 431 | 501;
  readonly detail: string;
}

/**
 * What Node's parser lets pass, and what two servers could read in two ways, which is how requests are smuggled. The parser itself
 * refuses Content-Length beside Transfer-Encoding, doubled ones, bare CR and LF, obs-fold and blanks before a colon.
 */
export function malformed({ rawHeaders, headers, httpVersion, url = '' }: IncomingMessage): Malformed | undefined {
  if (rawHeaders.length > 2 * MOST_FIELDS) return { status: 431, detail: `More than ${MOST_FIELDS} header fields` };
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  // RFC 9112, section 3.2. Node takes the first, a service behind might take the other.
  if (hosts > 1) return { status: 400, detail: 'There is more than one Host' };
  if (hosts === 0 && httpVersion !== '1.0') return { status: 400, detail: 'There is no Host' };
  if (!HOST.test(headers.host ?? '')) return { status: 400, detail: 'Host is not a host' };
  // RFC 9112, section 3.2. Routers cut a path there, so that a service would take it for another path than we do.
  if (url.includes('#')) return { status: 400, detail: 'The request target has a fragment' };
  if (url.includes('%') && !isDecodable(url)) return { status: 400, detail: 'The path cannot be decoded' };
  const coding = headers['transfer-encoding'];
  // Another coding would have to be undone here, for it does not go on (RFC 9112, section 6.1).
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return { status: 501, detail: `Transfer-Encoding ${coding} is not understood` }; // prettier-ignore
  if (coding !== undefined && httpVersion === '1.0') return { status: 400, detail: 'Transfer-Encoding in HTTP/1.0' };
  return undefined;
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url.split('?', 1)[0]!);
    return true;
  } catch {
    return false;
  }
}
