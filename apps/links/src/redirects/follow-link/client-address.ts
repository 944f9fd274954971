import proxyAddress from '@fastify/proxy-addr';
import type { IncomingMessage } from 'node:http';

/** Addresses of which it is remembered whether they are trusted: to parse one at each request is a quarter of what a redirect costs. */
const MOST = 10_000;

/** The client's address, as Fastify's `request.ip` tells it: by `X-Forwarded-For` as far as those who say it are trusted. */
export function clientAddresses(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const compiled = proxyAddress.compile([...trustedProxies]);
  const known = new Map<string, boolean>();
  const isTrusted = (address: string) => {
    let trusted = known.get(address);
    if (trusted === undefined) {
      if (known.size >= MOST) known.clear();
      known.set(address, (trusted = compiled(address, 0)));
    }
    return trusted;
  };
  return (request) => proxyAddress(request, isTrusted);
}
