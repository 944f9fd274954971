import { utmFields, type Utm } from './link.ts';

/** The address with `utm_source` and so on, in place of what it says of them itself. @param address absolute, by WHATWG URL */
export function withUtm(address: string, utm: Utm): string {
  const given = utmFields.filter((field) => utm[field] != null);
  if (!given.length) return address;
  const url = new URL(address);
  for (const field of given) url.searchParams.set(`utm_${field}`, utm[field]!);
  return url.href;
}
