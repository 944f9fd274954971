import { Resolver } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { isListed, isOurs, parseTarget, plainHost } from '../target.ts';
import { isPublicAddress } from './public-address.ts';

export interface PublicWebOptions {
  /** All addresses of a name, none where there are none. */
  readonly resolve: (host: string, deadline: AbortSignal) => Promise<readonly string[]>;
  readonly connect: (address: string, port: number) => Socket;
  readonly ownHosts: ReadonlySet<string>;
  readonly blockedHosts: ReadonlySet<string>;
  /** For all of it, redirects included. */
  readonly deadlineMs: number;
  /** Of a body, read to know that it comes at all. */
  readonly maxBytes: number;
  readonly maxRedirects: number;
}

export const publicWebDefaults = {
  resolve: addressesFrom(),
  connect: (address: string, port: number) => net.connect({ host: address, port }),
  deadlineMs: 5_000,
  maxBytes: 64 * 1024,
  maxRedirects: 5,
};

/**
 * By c-ares, whose questions wait on sockets. `dns.lookup` would hold one of the process's four threads, which files and passwords need, for
 * as long as a stranger's name server likes; and it knows the names in /etc/hosts, which are of the inside.
 * @param servers those of the system unless told otherwise
 */
export function addressesFrom(servers?: readonly string[]): PublicWebOptions['resolve'] {
  return async (host, deadline) => {
    const resolver = new Resolver();
    if (servers) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    deadline.addEventListener('abort', cancel, { once: true });
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    deadline.removeEventListener('abort', cancel);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  };
}

export interface Seen {
  /** The address that answered in the end. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string | null;
  readonly redirects: number;
}

/** Why nobody knows. One word for a name that there is not and for one that leads inside: else it could be asked what there is inside. */
export class NotReached extends Error {
  constructor(
    readonly reason: 'not-allowed' | 'no-public-address' | 'no-connection' | 'too-many-redirects' | 'too-slow',
  ) {
    super(reason);
  }
}

const PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 };

/**
 * Asks an address that a stranger gave, and nothing that a stranger must not reach through us (server-side request forgery): http and https
 * on their own ports; a name is resolved once, every address of it has to be public, and the connection goes to the one that was looked
 * at, so that a name cannot mean another machine a moment later; each redirect is looked at anew; what answers has so long and so many
 * bytes. Nothing of what comes back but its status and type is shown.
 */
export class PublicWebClient {
  constructor(private readonly options: PublicWebOptions) {}

  /** @throws NotReached */
  async see(text: string): Promise<Seen> {
    const deadline = AbortSignal.timeout(this.options.deadlineMs);
    for (let redirects = 0, next = text; ; redirects++) {
      const url = this.allowed(next);
      const address = await this.publicAddressOf(url, deadline);
      const { status, location, contentType } = await this.ask(url, address, deadline);
      if (location === undefined) return { url: url.href, status, contentType, redirects };
      if (redirects === this.options.maxRedirects) throw new NotReached('too-many-redirects');
      next = URL.parse(location, url.href)?.href ?? '';
    }
  }

  private allowed(text: string): URL {
    const parsed = parseTarget(text);
    if (!('url' in parsed)) throw new NotReached('not-allowed');
    const { url } = parsed;
    const host = plainHost(url.hostname);
    if (url.port !== '' || isOurs(host, this.options.ownHosts) || isListed(host, this.options.blockedHosts))
      throw new NotReached('not-allowed');
    return url;
  }

  private async publicAddressOf({ hostname }: URL, deadline: AbortSignal): Promise<string> {
    const host = plainHost(hostname);
    const addresses = net.isIP(host) ? [host] : await this.resolved(host, deadline);
    if (addresses.length === 0 || !addresses.every(isPublicAddress)) throw new NotReached('no-public-address');
    return addresses.find((each) => net.isIPv4(each)) ?? addresses[0]!; // IPv4 is there nearly everywhere
  }

  private async resolved(host: string, deadline: AbortSignal): Promise<readonly string[]> {
    const tooLate = new Promise<never>((_resolve, reject) =>
      deadline.addEventListener('abort', () => reject(new NotReached('too-slow')), { once: true }),
    );
    const found = this.options.resolve(host, deadline).catch(() => []);
    return Promise.race([found, tooLate]);
  }

  private ask(url: URL, address: string, deadline: AbortSignal) {
    const { promise, resolve, reject } = Promise.withResolvers<{
      status: number;
      location: string | undefined;
      contentType: string | null;
    }>();
    const isSecure = url.protocol === 'https:';
    const request = (isSecure ? https : http).request(url, {
      defaultPort: PORTS[url.protocol], // else the port is said in Host
      signal: deadline,
      maxHeaderSize: 16_384,
      headers: { 'user-agent': 'Cairn-Preview', accept: '*/*', 'accept-encoding': 'identity', connection: 'close' },
      createConnection: () => this.connection(url, address), // counts only where there is no agent
    });
    const notReached = () => reject(new NotReached(deadline.aborted ? 'too-slow' : 'no-connection'));
    request.on('error', notReached);
    request.on('close', notReached); // without an error after 101 Switching Protocols, which nobody asked for
    request.on('response', (response) => {
      const status = response.statusCode!;
      const { location } = response.headers;
      const answer = {
        status,
        location: [301, 302, 303, 307, 308].includes(status) ? location : undefined,
        contentType: response.headers['content-type']?.slice(0, 200) ?? null,
      };
      let bytes = 0;
      const enough = () => {
        resolve(answer);
        request.destroy();
      };
      if (answer.location !== undefined) return enough();
      response.on('data', (chunk: Buffer) => (bytes += chunk.length) >= this.options.maxBytes && enough());
      response.on('end', enough);
      response.on('error', notReached);
    });
    request.end();
    return promise;
  }

  private connection(url: URL, address: string): Duplex {
    const socket = this.options.connect(address, PORTS[url.protocol]!);
    if (url.protocol === 'http:') return socket;
    const servername = net.isIP(plainHost(url.hostname)) ? '' : url.hostname;
    return tls.connect({ socket, servername });
  }
}
