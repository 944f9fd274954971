import type { IncomingHttpHeaders } from 'node:http';

/** Of one connection, not of the message (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade']; // prettier-ignore
/** Said anew by us, or, as `expect`, dealt with here. */
const OURS = ['host', 'expect', 'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-real-ip', 'x-request-id', 'traceparent', 'tracestate']; // prettier-ignore

export interface Client {
  /** The addresses that a message came by as far as they are trusted, nearest first. */
  readonly addresses: readonly string[];
  readonly protocol: string;
  readonly host: string;
}

/** What the upstream gets to see: the client's own fields, and what the gateway, not the client, says of where they come from. */
export function requestHeaders(headers: IncomingHttpHeaders, client: Client, ids: Record<string, string>) {
  const sent = without([...HOP_BY_HOP, ...OURS, ...namedIn(headers.connection)], headers);
  return {
    ...sent,
    ...ids,
    'x-forwarded-for': client.addresses.toReversed().join(', '),
    'x-forwarded-proto': client.protocol,
    'x-forwarded-host': client.host,
  };
}

export const responseHeaders = (headers: IncomingHttpHeaders) =>
  without([...HOP_BY_HOP, 'x-request-id', ...namedIn(headers.connection)], headers);

const namedIn = (connection: string | string[] | undefined) =>
  [connection ?? []].flat().flatMap((list) => list.toLowerCase().split(/[\s,]+/));

function without(names: string[], headers: IncomingHttpHeaders) {
  const kept = { ...headers };
  for (const name of names) delete kept[name];
  return kept as Record<string, string | string[]>;
}
