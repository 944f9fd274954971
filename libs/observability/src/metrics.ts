import type { FastifyInstance } from 'fastify';
import type { Gauge as Shown } from 'prom-client';
import { gauges } from './gauges.ts';

/** Asked every few seconds by machines: they would hide how long people wait. */
const OF_MACHINES = /^\/(health\/|metrics$)/;

/** Counts and times requests and shows them at GET /metrics in the Prometheus format. Nothing is loaded before it is called. */
export async function metrics(fastify: FastifyInstance): Promise<void> {
  const { collectDefaultMetrics, Gauge, Histogram, Registry } = await import('prom-client');
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
    if (OF_MACHINES.test(request.routeOptions.url ?? '')) return next();
    const stop = duration.startTimer();
    reply.raw.once('close', () =>
      stop({
        method: request.method,
        route: request.routeOptions.url ?? 'none', // never the path: anybody could make millions of series
        // Who has left before an answer began got none, whatever the status is set to: 200 until told otherwise.
        status: reply.raw.headersSent ? `${Math.floor(reply.raw.statusCode / 100)}xx` : 'aborted',
      }),
    );
    next();
  });
  fastify.get('/metrics', async (_request, reply) => {
    for (const [name, { help, label }] of gauges) {
      if (register.getSingleMetric(name)) continue;
      new Gauge({
        name,
        help,
        labelNames: label ? [label] : [],
        registers: [register],
        collect() {
          show(this, name);
        },
      });
    }
    return reply.type(register.contentType).send(await register.metrics());
  });
}

function show(shown: Shown, name: string) {
  const { label = '', read } = gauges.get(name)!;
  const figures = read();
  if (typeof figures === 'number') return shown.set(figures);
  for (const [value, figure] of Object.entries(figures)) shown.set({ [label]: value }, figure);
}
