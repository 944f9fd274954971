import { FastifyOtelInstrumentation } from '@fastify/otel';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from './build.ts';

/** Loaded here, right after they have been instrumented, because an `import` of them later would pass by the hooks on `require`. */
const INSTRUMENTED = ['node:http', 'pg', 'ioredis'];

/** The lightest set that follows a request from HTTP to the database: see docs/adr/0021-tracing.md. */
export function startTracing(): void {
  const entry = path.resolve(process.argv[1] ?? 'index.js');
  const provider = new TracerProvider({
    // No detectors: asking the cloud's metadata service who we are delays the start by seconds where there is none.
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': serviceName(entry), 'service.version': build().version }),
    ),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());

  // Each switches itself on when it is made.
  new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url = '' }) => url.startsWith('/health/') });
  new FastifyOtelInstrumentation({ registerOnInitialization: true, instrumentHooks: false });
  new UndiciInstrumentation();
  new PgInstrumentation({ requireParentSpan: true });
  new IORedisInstrumentation({ requireParentSpan: true });
  const require = createRequire(entry);
  for (const name of INSTRUMENTED) {
    try {
      require(name);
    } catch {
      // This service does without it.
    }
  }
}

/** `apps/blog/dist/main.js` is blog, unless OTEL_SERVICE_NAME says otherwise. */
const serviceName = (entry: string) =>
  process.env.OTEL_SERVICE_NAME ?? path.basename(path.resolve(path.dirname(entry), '..'));
