import ipaddr from 'ipaddr.js';

/** IPv6 that is routed on the internet (RFC 4291, 2000::/3), but for what IANA's registry of special purposes takes out of it. */
const GLOBAL = ipaddr.parseCIDR('2000::/3');
const SPECIAL = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '5f00::/16'].map((range) =>
  ipaddr.parseCIDR(range),
);
/** Of IPv4 what ipaddr.js counts as unicast, but for these (RFC 6890 and IANA's registry), and for what machines of Azure ask of their host. */
const SPECIAL_V4 = [
  ...['192.88.99.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.175.48.0/24', '192.0.0.0/24'],
  '168.63.129.16/32',
].map((range) => ipaddr.parseCIDR(range));

/**
 * Whether an address is one of the internet at large. What is private, local, reserved, multicast or a way into IPv4 (mapped, NAT64, 6to4,
 * Teredo) is not: behind each of them may be the network that this service stands in.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text) || text.includes('%')) return false;
  const address = ipaddr.parse(text);
  if (address.kind() === 'ipv4')
    return address.range() === 'unicast' && !SPECIAL_V4.some((range) => address.match(range));
  return address.match(GLOBAL) && address.range() === 'unicast' && !SPECIAL.some((range) => address.match(range));
}
