import { randomHex } from './random-hex.ts';

/** A span of ours in a trace, as the W3C Trace Context recommendation names its parts. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  /** Two hex digits; the lowest bit says that the caller records the trace. */
  readonly traceFlags: string;
  readonly tracestate?: string;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;
/** W3C Trace Context, section 3.3.1.3: a key of one part, or of a tenant and a system; a value of printable ASCII without a blank at its end. */
const MEMBER =
  /^([a-z0-9][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const MAX_MEMBERS = 32;
/** Characters: so many are passed on by everybody (section 3.3.1.5), and long members are the first to go. */
const MAX_TRACESTATE = 512;
const LONG_MEMBER = 128;

/**
 * Continues the caller's trace with a span of our own, or starts a new trace when there is no valid `traceparent`
 * (W3C Trace Context, sections 3.2 and 4.3: version ff, ids of zeros and, in version 00, anything after the flags are invalid).
 * `tracestate`, also of several fields, is passed on without meaning anything here, and only beside a valid `traceparent`.
 */
export function continueTrace(traceparent: unknown, tracestate?: unknown): TraceContext {
  const spanId = randomHex(8);
  const parent = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  const [, version, traceId = '', parentId = '', flags = '', rest] = parent ?? [];
  if (!parent || version === 'ff' || (version === '00' && rest) || ZEROS.test(traceId) || ZEROS.test(parentId))
    return { traceId: randomHex(16), spanId, traceFlags: '01' };
  const state = typeof tracestate === 'string' ? readTracestate(tracestate) : '';
  const sampled = (Number.parseInt(flags, 16) & 1) === 1;
  return {
    traceId,
    spanId,
    traceFlags: sampled ? '01' : '00',
    ...(state && { tracestate: state }),
  };
}

/** The list that goes on: none at all where one member is malformed or there are too many; cut down to what everybody passes on. */
function readTracestate(header: string): string {
  let members = header.split(',').map((member) => member.trim()).filter(Boolean); // prettier-ignore
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf('='))));
  if (members.length > MAX_MEMBERS || keys.size < members.length || !members.every((member) => MEMBER.test(member)))
    return '';
  const isTooLong = () => members.join(',').length > MAX_TRACESTATE;
  if (isTooLong()) members = members.filter(({ length }) => length <= LONG_MEMBER);
  while (isTooLong()) members.pop();
  return members.join(',');
}

export const formatTraceparent = ({ traceId, spanId, traceFlags }: TraceContext) =>
  `00-${traceId}-${spanId}-${traceFlags}`;
