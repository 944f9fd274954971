import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

/** Characters of an address once it is normalised: what every browser and proxy takes. */
export const LONGEST_TARGET = 2_048;

export type ParsedTarget = { readonly url: URL } | { readonly objection: string };

/**
 * Where a link may lead: parsed as browsers do (WHATWG URL), so that what is looked at here is what they will go to, however it is spelt.
 * Kept and sent is the normalised text, never the one that was given.
 */
export function parseTarget(text: string): ParsedTarget {
  const url = URL.parse(text);
  if (!url) return { objection: 'Not an absolute URL' };
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { objection: 'Must be an http or https URL' };
  if (url.username || url.password) return { objection: 'Must have no user name or password' };
  if (hostNamed(url.hostname) === undefined) return { objection: 'Has no host that there can be' };
  if (url.href.length > LONGEST_TARGET)
    return { objection: `At most ${LONGEST_TARGET} characters once it is normalised` };
  return { url };
}

/** A host in one spelling: without the dots of the root, IPv6 without its brackets, IPv4 inside of IPv6 as IPv4. */
export function plainHost(hostname: string): string {
  const host = hostname
    .toLowerCase()
    .replace(/\.+$/, '')
    .replace(/^\[|\]$/g, '');
  return isIP(host) ? usualAddress(host) : host;
}

const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;

/**
 * The host in one spelling; undefined where DNS could have no such name (RFC 1035, section 2.3.4). Of a made-up one with a dot after each
 * letter the domains that it is in would be megabytes.
 */
function hostNamed(hostname: string): string | undefined {
  if (hostname.length > LONGEST_NAME + 1) return undefined; // with the dot of the root
  const host = plainHost(hostname);
  const isName = host.split('.').every(({ length }) => length > 0 && length <= LONGEST_LABEL);
  return host.length <= LONGEST_NAME && (isName || isIP(host)) ? host : undefined;
}

/** IPv4 as such, also where it stands in an IPv6 address: mapped, compatible (RFC 4291), translated (RFC 6052, RFC 6145). */
function usualAddress(text: string): string {
  const address = ipaddr.process(text);
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  const isCompatible = address.parts.slice(0, 6).every((part) => part === 0) && address.parts[6] !== 0;
  if (!isCompatible && !['rfc6052', 'rfc6145'].includes(address.range())) return address.toString();
  return ipaddr.fromByteArray(address.toByteArray().slice(12)).toString();
}

/** The host and the domains that it is in, the widest last; an address is in none. */
export function hostAndDomains(host: string): string[] {
  if (isIP(host)) return [host];
  const labels = host.split('.');
  return labels.map((_label, index) => labels.slice(index).join('.'));
}

/** A host as somebody types it, or undefined when it is none: `Bücher.example` is `xn--bcher-kva.example`. */
export function toHost(text: string): string | undefined {
  if (!/^[^\s/?#@\\:[\]]+$|^\[[0-9a-f:.]+\]$|^[0-9a-f:.]+$/i.test(text)) return undefined;
  const bare = text.includes(':') ? `[${text.replace(/^\[|\]$/g, '')}]` : text;
  const url = URL.parse(`http://${bare}`);
  return url && url.pathname === '/' && !url.port ? hostNamed(url.hostname) : undefined;
}

/** Names of this machine by which a system on it reaches itself. */
const isLoopback = (host: string) => {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isIP(host) !== 0 && ['loopback', 'unspecified'].includes(ipaddr.process(host).range());
};

/** Whether a host is ours, by whatever port: a link that leads back here could go round in a circle, or hide where it ends. */
export function isOurs(host: string, ours: ReadonlySet<string>): boolean {
  return ours.has(host) || (isLoopback(host) && [...ours].some(isLoopback));
}

/** Whether the host, or a domain that it is in, is on the list. */
export const isListed = (host: string, list: ReadonlySet<string>) =>
  hostAndDomains(host).some((domain) => list.has(domain));

/** A name of one label: a top-level domain, or a machine of the inside. */
export const isWideHost = (host: string) => !isIP(host) && !host.includes('.');
