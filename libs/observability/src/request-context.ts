import { trace } from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import { formatTraceparent, type TraceContext } from './trace-context.ts';

/** What is known of the request under way, wherever the code that serves it runs. */
export interface RequestContext extends TraceContext {
  readonly requestId: string;
  /** Who is calling, once a guard has found out. */
  userId?: string;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

/** Names the caller of the request under way in each of its log lines from now on. Outside of a request it does nothing. */
export function identifyCaller(userId: string): void {
  const context = requestContext.getStore();
  if (context) context.userId = userId;
}

/** The ids that a log line carries. The active span of OpenTelemetry, where there is one, knows better which work this is. */
export function correlation(): object {
  const context = requestContext.getStore();
  const span = trace.getActiveSpan()?.spanContext() ?? context;
  return {
    ...(context && { requestId: context.requestId }),
    ...(span && { traceId: span.traceId, spanId: span.spanId }),
    ...(context?.userId && { userId: context.userId }),
  };
}

/**
 * Headers that let the next service log the same request id and continue the trace. With OpenTelemetry on,
 * its client instrumentation writes `traceparent` by itself: a second one would make both invalid.
 */
export function propagationHeaders(): Record<string, string> {
  const context = requestContext.getStore();
  if (!context) return {};
  return {
    'x-request-id': context.requestId,
    ...(!trace.getActiveSpan() && {
      traceparent: formatTraceparent(context),
      ...(context.tracestate && { tracestate: context.tracestate }),
    }),
  };
}
