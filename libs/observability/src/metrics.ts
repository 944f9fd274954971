import type { FastifyInstance } from 'fastify';
import type { Counter, Gauge } from 'prom-client';
import { build } from './build.ts';
import { type Figure, figures } from './figures.ts';

/** Asked every few seconds by machines: they would hide how long people wait, and what people did. */
export const OF_MACHINES = /^\/(health\/|metrics$)/;

/** How long a request took, by what answered it. */
export interface RequestDuration {
  readonly method: string;
  /** The pattern, never the path: anybody could make millions of series. */
  readonly route: string;
  /** Undefined when no answer began. */
  readonly status: number | undefined;
  readonly seconds: number;
}

/** Where durations go while metrics are on; of two applications in one process to the last. */
let observe: ((duration: RequestDuration) => void) | undefined;

/** For a door that is not Fastify's. Does nothing while metrics are off. */
export const observeRequest = (duration: RequestDuration): void => observe?.(duration);

/** Counts and times requests and shows them at GET /metrics in the Prometheus format. Nothing is loaded before it is called. */
export async function metrics(fastify: FastifyInstance, service = 'unknown'): Promise<void> {
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const register = new Registry();
  collectDefaultMetrics({ register });
  new Gauge({
    name: 'build_info',
    help: '1, with the build that runs as labels',
    labelNames: ['service', 'version', 'revision'],
    registers: [register],
  }).set({ service, ...build() }, 1);
  // Rate, errors and duration: all three are in the histogram's count and buckets.
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [register],
  });
  observe = ({ method, route, status, seconds }) =>
    // Who has left before an answer began got none, whatever the status is set to: 200 until told otherwise.
    duration.observe({ method, route, status: status ? `${Math.floor(status / 100)}xx` : 'aborted' }, seconds);
  fastify.addHook('onRequest', ({ method, routeOptions: { url: route = 'none' } }, { raw }, next) => {
    if (OF_MACHINES.test(route)) return next();
    const since = performance.now();
    raw.once('close', () => {
      const status = raw.headersSent ? raw.statusCode : undefined;
      observeRequest({ method, route, status, seconds: (performance.now() - since) / 1_000 });
    });
    next();
  });
  fastify.get('/metrics', async (_request, reply) => {
    for (const [name, { type, figure }] of figures) {
      if (register.getSingleMetric(name)) continue;
      const { help, label } = figure;
      new (type === 'counter' ? Counter : Gauge)({
        name,
        help,
        labelNames: label ? [label] : [],
        registers: [register],
        async collect() {
          await show(this, figures.get(name)!.figure);
        },
      });
    }
    return reply.type(register.contentType).send(await register.metrics());
  });
}

async function show(shown: Counter | Gauge, { label = '', read }: Figure) {
  const figures = await read();
  shown.reset(); // a counter can only add, and what is read no more is shown no more
  if (typeof figures === 'number') return shown.inc(figures);
  for (const [value, figure] of Object.entries(figures)) shown.inc({ [label]: value }, figure);
}
