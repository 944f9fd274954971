import { trace } from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import { requestIdFrom } from './request-id.ts';
import { continueTrace, formatTraceparent, type TraceContext } from './trace-context.ts';

/** What is known of the request under way, wherever the code that serves it runs. */
export interface RequestContext extends TraceContext {
  readonly requestId: string;
  /** Who is calling, once a guard has found out. */
  userId?: string;
  /** When the answer is due, by the monotonic clock, where the caller has said how long it waits. */
  readonly deadline?: number | undefined;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

/** The ids of a request that has just arrived: its own where they are valid. */
export function beginRequest(headers: Readonly<Record<string, string | string[] | undefined>>): RequestContext {
  const span = trace.getActiveSpan()?.spanContext();
  return {
    ...continueTrace(headers.traceparent, headers.tracestate),
    ...(span && { traceId: span.traceId, spanId: span.spanId }),
    requestId: requestIdFrom(headers['x-request-id']),
  };
}

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
 * Headers that let the next service log the same request id, continue the trace and give up when we would. With OpenTelemetry on,
 * its client instrumentation writes `traceparent` by itself: a second one would make both invalid.
 */
export function propagationHeaders(context = requestContext.getStore()): Record<string, string> {
  if (!context) return {};
  return {
    'x-request-id': context.requestId,
    ...(context.deadline !== undefined && { 'x-request-timeout-ms': timeoutHeader(context.deadline) }),
    ...(!trace.getActiveSpan() && {
      traceparent: formatTraceparent(context),
      ...(context.tracestate && { tracestate: context.tracestate }),
    }),
  };
}

/** Whole milliseconds until then. Never 0, which would be read as no deadline at all: who has nothing left makes no call. */
export const timeoutHeader = (deadline: number): string =>
  String(Math.max(1, Math.floor(deadline - performance.now())));
