import type { Logger } from 'pino';
import type { Exchange } from './exchange.ts';

/** What is known of a request that has ended, in one line. Its query is left out: it may hold what must not be in a log. */
export function logAccess(logger: Logger, exchange: Exchange, seconds: number): void {
  const { request, response, ids, client, route, userId, about } = exchange;
  const { headersSent, statusCode } = response;
  const level = headersSent && statusCode >= 500 ? 'warn' : 'info';
  if (!logger.isLevelEnabled(level)) return;
  logger[level](
    {
      method: request.method,
      route,
      path: exchange.path,
      ...(headersSent && { status: statusCode }), // nothing was answered: the status that is set is only the default
      durationMs: Math.round(seconds * 10_000) / 10,
      ...about,
      ...(!exchange.isUnnamed && { remoteAddress: client.address }),
      ...(userId && { userId }),
      ...(!response.writableFinished && { aborted: true }),
      requestId: ids.requestId,
      traceId: ids.traceId,
      spanId: ids.spanId,
    },
    'request',
  );
}
