import { DEADLINE_HEADER } from '@cairn/observability';

/** Of one connection, not of the message (RFC 9110, section 7.6.1). `Trailer` is not among them: trailers are passed on. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'transfer-encoding', 'upgrade']; // prettier-ignore
/** Said by the gateway alone: from a client they would pose as its own words. `expect` is dealt with here. */
const OURS = ['host', 'expect', 'via', 'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-real-ip', 'x-request-id', DEADLINE_HEADER, 'traceparent', 'tracestate']; // prettier-ignore

const NOT_SENT = new Set([...HOP_BY_HOP, ...OURS]);
const NOT_ANSWERED = new Set([...HOP_BY_HOP, 'x-request-id']);
/** This gateway in `Via` (RFC 9110, section 7.6.3). */
export const VIA = '1.1 cairn-gateway';

/**
 * What the upstream gets to see: the client's own fields, in their order. Names with an underscore are left out, because what
 * runs behind may take `x_forwarded_for` for `x-forwarded-for`.
 */
export function requestFields(raw: readonly string[], connection: string | undefined): string[] {
  const named = namedIn(connection);
  const sent: string[] = [];
  let via = VIA;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    if (name === 'via') via = `${raw[index + 1]}, ${VIA}`;
    if (NOT_SENT.has(name) || name.includes('_') || named?.has(name)) continue;
    sent.push(name, raw[index + 1]!);
  }
  sent.push('via', via);
  return sent;
}

/** What the client gets to see, after the fields that the gateway adds; the upstream's own word goes before the gateway's. */
export function answerFields(raw: readonly Buffer[], ours: readonly string[]): string[] {
  const names: string[] = [];
  let connection: string | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toString('latin1').toLowerCase();
    if (name === 'connection') connection = raw[index + 1]!.toString('latin1');
    names.push(name);
  }
  const named = namedIn(connection);
  const fields: string[] = [];
  for (let index = 0; index < ours.length; index += 2)
    if (NOT_ANSWERED.has(ours[index]!) || !names.includes(ours[index]!)) fields.push(ours[index]!, ours[index + 1]!);
  names.forEach((name, index) => {
    if (NOT_ANSWERED.has(name) || named?.has(name)) return;
    fields.push(name, raw[2 * index + 1]!.toString('latin1'));
  });
  return fields;
}

/** Fields that a message declares to be of its connection only. */
function namedIn(connection: string | undefined): Set<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return new Set(connection.toLowerCase().split(/[\s,]+/));
}
