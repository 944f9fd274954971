import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { deadlineFrom, DEADLINE_HEADER } from './deadline.ts';
import { OF_MACHINES } from './metrics.ts';
import { beginRequest, requestContext, type RequestContext } from './request-context.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The ids of this request; null before the first hook. */
    observed: RequestContext | null;
  }
}

/**
 * Gives each request its ids, runs it in its context, echoes X-Request-Id and writes one line when it has ended.
 * Call it on the root instance before any route is added: its hooks then are the first that run.
 */
export function requestLogging(fastify: FastifyInstance, { logger }: { readonly logger: Logger }): void {
  fastify.decorateRequest('observed', null);
  fastify.addHook('onRequest', (request, reply, next) => {
    const context = observe(request);
    reply.header('X-Request-Id', context.requestId);
    const since = performance.now();
    // Not onResponse: that does not run for an answer that the client has not waited for.
    reply.raw.once('close', () => requestContext.run(context, () => write(logger, request, reply, since)));
    requestContext.run(context, next);
  });
  // A body is read in the events of its socket, outside of this request's context.
  fastify.addHook('preValidation', (request, _reply, next) => requestContext.run(request.observed!, next));
}

function observe(request: FastifyRequest): RequestContext {
  const deadline = deadlineFrom(request.headers[DEADLINE_HEADER]);
  const context: RequestContext = { ...beginRequest(request.headers), deadline };
  request.id = context.requestId;
  request.observed = context;
  return context;
}

/** @RouteConfig({ unnamed: true }): those who visit others' pages have not come to us, and their address is in no log. */
const isUnnamed = ({ routeOptions }: FastifyRequest) =>
  (routeOptions.config as { unnamed?: boolean } | undefined)?.unnamed === true;

function write(logger: Logger, request: FastifyRequest, reply: FastifyReply, since: number) {
  const { url, method, ip } = request;
  const status = reply.raw.statusCode;
  const query = url.indexOf('?');
  const bytes = Number(reply.getHeader('content-length'));
  const line = {
    method,
    route: request.routeOptions.url,
    path: query === -1 ? url : url.slice(0, query), // a query may hold what must not be in a log
    ...(reply.raw.headersSent && { status }), // nothing was answered: the status that is set is only the default
    durationMs: Math.round((performance.now() - since) * 10) / 10,
    ...(bytes && { bytes }),
    ...(!isUnnamed(request) && { remoteAddress: ip }),
    ...(!reply.raw.writableFinished && { aborted: true }),
  };
  const level = status >= 500 ? 'warn' : OF_MACHINES.test(line.route ?? '') ? 'debug' : 'info';
  logger[level](line, 'request');
}
