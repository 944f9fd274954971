import ipaddr from 'ipaddr.js';
import { isIPv6 } from 'node:net';

/**
 * What counts as one place: an IPv4 address, or the /64 of an IPv6 address, which is what one household or server is given
 * (RFC 6177): its owner has 2^64 addresses to guess from.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address; // most are IPv4: they cost nothing
  const bare = address.replace(/%.*$/, '');
  if (!isIPv6(bare)) return address;
  const parsed = ipaddr.IPv6.parse(bare);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  const prefix = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${prefix.join(':')}::/64`;
}
