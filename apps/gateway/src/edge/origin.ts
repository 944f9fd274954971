import type { Client } from './client-address.ts';

/**
 * Whether a page may open what a browser opens without a preflight, a WebSocket or an event stream: a page of ours, or one that may call the API. Programs have no
 * Origin. TLS may end before us, so that only the host is compared.
 */
export function mayOpen(origin: string | undefined, { host }: Client, allowed: readonly string[]): boolean {
  return origin === undefined || allowed.includes(origin) || URL.parse(origin)?.host === host;
}
