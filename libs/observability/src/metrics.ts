import type { FastifyInstance } from 'fastify';

/** Counts and times requests and shows them at GET /metrics in the Prometheus format. Nothing is loaded before it is called. */
export async function metrics(fastify: FastifyInstance): Promise<void> {
  const { collectDefaultMetrics, Histogram, Registry } = await import('prom-client');
  const register = new Registry();
  collectDefaultMetrics({ register });
  // Rate, errors and duration: all three are in the histogram's count and buckets.
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [register],
  });
  fastify.addHook('onRequest', (request, reply, next) => {
    const stop = duration.startTimer();
    reply.raw.once('close', () =>
      stop({
        method: request.method,
        route: request.routeOptions.url ?? 'none', // never the path: anybody could make millions of series
        status: `${Math.floor(reply.raw.statusCode / 100)}xx`,
      }),
    );
    next();
  });
  fastify.get('/metrics', async (_request, reply) => reply.type(register.contentType).send(await register.metrics()));
}
