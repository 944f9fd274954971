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
const MAX_TRACESTATE = 512;

/**
 * Continues the caller's trace with a span of our own, or starts a new trace when there is no valid `traceparent`
 * (W3C Trace Context, sections 3.2 and 4.3: version ff, ids of zeros and, in version 00, anything after the flags are invalid).
 * `tracestate` is passed on unread, and only beside a valid `traceparent`.
 */
export function continueTrace(traceparent: unknown, tracestate?: unknown): TraceContext {
  const spanId = randomHex(8);
  const parent = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  const [, version, traceId = '', parentId = '', flags = '', rest] = parent ?? [];
  if (!parent || version === 'ff' || (version === '00' && rest) || ZEROS.test(traceId) || ZEROS.test(parentId))
    return { traceId: randomHex(16), spanId, traceFlags: '01' };
  const sampled = (Number.parseInt(flags, 16) & 1) === 1;
  return {
    traceId,
    spanId,
    traceFlags: sampled ? '01' : '00',
    ...(typeof tracestate === 'string' && tracestate.length <= MAX_TRACESTATE && tracestate && { tracestate }),
  };
}

export const formatTraceparent = ({ traceId, spanId, traceFlags }: TraceContext) =>
  `00-${traceId}-${spanId}-${traceFlags}`;
