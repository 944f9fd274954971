import type { FastifyInstance } from 'fastify';

const isForAny = (config: unknown) => (config as { anyOrigin?: boolean } | undefined)?.anyOrigin === true;

/**
 * Cross-Origin Resource Sharing (WHATWG Fetch) for routes with @RouteConfig({ anyOrigin: true }): pages of every origin may call them and
 * read the answers, refusals too, without credentials. The gateway answers preflights itself; this is for who calls a service directly.
 */
export function letInAnyOrigin(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', ({ url, method, config }) => {
    if (!isForAny(config) || ![method].flat().includes('POST')) return;
    fastify.options(url, { config: { anyOrigin: true } as object }, (_request, reply) =>
      reply
        .headers({
          'Access-Control-Allow-Methods': 'POST',
          'Access-Control-Allow-Headers': 'Content-Type',
          'Access-Control-Max-Age': '600',
        })
        .status(204)
        .send(),
    );
  });
  fastify.addHook('onRequest', ({ routeOptions }, reply, next) => {
    if (isForAny(routeOptions.config))
      reply.headers({
        'Access-Control-Allow-Origin': '*',
        'Access-Control-Expose-Headers': 'Retry-After, X-Request-Id',
      });
    next();
  });
}
