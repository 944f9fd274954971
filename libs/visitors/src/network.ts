import ipaddr from 'ipaddr.js';

/** An IPv4 address in its usual notation also where a socket tells it as an IPv6 one: `::ffff:192.0.2.1`. */
export function usualNotation(address: string): string {
  if (!address.startsWith('::') || !ipaddr.IPv6.isValid(address)) return address;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : address;
}
