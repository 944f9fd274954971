// logs
export { createLogger, type LoggerOptions, type LogLevel } from './logger.ts';
export { NestLogger } from './nest-logger.service.ts';
// the request under way
export { requestLogging } from './request-logging.ts';
export {
  beginRequest,
  identifyCaller,
  propagationHeaders,
  requestContext,
  timeoutHeader,
  type RequestContext,
} from './request-context.ts';
export { deadlineFrom, DEADLINE_HEADER, remainingMs, withoutDeadline } from './deadline.ts';
export { requestIdFrom } from './request-id.ts';
// metrics and traces
export { counter, type Figure, gauge } from './figures.ts';
export { metrics, observeRequest, type RequestDuration } from './metrics.ts';
export { flushTraces } from './flush-traces.ts';
