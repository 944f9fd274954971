import proxyAddress from '@fastify/proxy-addr';
import type { IncomingMessage } from 'node:http';

/** Where a request comes from, as far as those who say so are trusted. */
export interface Client {
  readonly address: string;
  /** `X-Forwarded-For` as the next in line gets it: the client's address first. */
  readonly forwardedFor: string;
  readonly protocol: 'http' | 'https';
  readonly host: string;
}

/**
 * Reads what trusted peers say in `X-Forwarded-*`; without any the connection alone tells. `Forwarded` is believed of nobody.
 * @param onDistrust called once, when a peer that is not trusted says on whose behalf it asks: a load balancer that was forgotten
 */
export function clientAddresses(
  trustedProxies: readonly string[],
  onDistrust: (peer: string) => void = () => undefined,
): (request: IncomingMessage) => Client {
  let isTold = false;
  const trust = trustedProxies.length ? proxyAddress.compile([...trustedProxies]) : () => false;
  return (request) => {
    const peer = request.socket.remoteAddress ?? '';
    const { host = '' } = request.headers;
    if (!trust(peer, 0)) {
      if (!isTold && request.headers['x-forwarded-for'] !== undefined) {
        isTold = true;
        onDistrust(peer);
      }
      return { address: peer, forwardedFor: peer, protocol: 'http', host };
    }
    const addresses = proxyAddress.all(request, trust); // nearest first, up to the first that is not trusted
    return {
      address: addresses.at(-1)!,
      forwardedFor: addresses.toReversed().join(', '),
      protocol: lastOf(request.headers['x-forwarded-proto']) === 'https' ? 'https' : 'http',
      host: lastOf(request.headers['x-forwarded-host']) ?? host,
    };
  };
}

const lastOf = (list: string | string[] | undefined) => list?.toString().split(',').at(-1)?.trim();
