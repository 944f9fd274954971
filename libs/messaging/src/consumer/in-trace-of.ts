import type { CloudEvent } from '@cairn/contracts/events';
import { beginRequest, requestContext } from '@cairn/observability';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** Goes on with the trace in which the event was published; log lines carry its id as the request's. */
export function inTraceOf<T>(event: CloudEvent, group: string, work: () => Promise<T>): Promise<T> {
  const { traceparent, tracestate, id, type } = event;
  const deadline = requestContext.getStore()?.deadline;
  const parent = propagation.extract(context.active(), { traceparent, tracestate });
  const attributes = {
    'messaging.operation.type': 'process',
    'messaging.message.id': id,
    'messaging.consumer.group.name': group,
  };
  return trace
    .getTracer('@cairn/messaging')
    .startActiveSpan(`process ${type}`, { kind: SpanKind.CONSUMER, attributes }, parent, async (span) => {
      try {
        return await requestContext.run(
          { ...beginRequest({ traceparent, tracestate, 'x-request-id': id }), deadline },
          work,
        );
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
        throw error;
      } finally {
        span.end();
      }
    });
}
