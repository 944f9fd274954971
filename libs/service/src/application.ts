import { UnsupportedMediaTypeException, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { answerUnknownPaths, ProblemDetailsFilter, sendProblem, validationPipe } from '@cairn/http';
import { createLogger, metrics, NestLogger, requestLogging } from '@cairn/observability';
import { injectFaults } from '@cairn/resilience';
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { letInAnyOrigin } from './any-origin.ts';
import { answerInTime } from './deadline.ts';
import { Lifecycle } from './lifecycle.service.ts';
import { describesRoutes, openApi, type OpenApiOptions } from './open-api.ts';
import { ServiceModule } from './service.module.ts';

export interface ApplicationOptions extends OpenApiOptions {
  readonly module: DynamicModule;
  /** Paths that do not stand under /api/v1, as Nest writes them: `feeds/{*path}`. */
  readonly outsideApi?: readonly string[];
  readonly trustedProxies?: readonly string[];
  readonly metrics?: boolean;
  /** Lets who knows it break this service on purpose. Without it there is no way to. */
  readonly faultDialsSecret?: string | undefined;
  /** Silent unless given. */
  readonly logger?: Logger;
}

/** How long a request, body and all, may take to arrive. */
const REQUEST_TIMEOUT_MS = 30_000;

const OUTSIDE_API = ['health/{*path}', 'internal/{*path}', '.well-known/{*path}'];

/** A service as its tests and its process both get it: routes, validation, problem details, ETags, health, OpenAPI. Opens nothing. */
export async function createApplication(options: ApplicationOptions): Promise<NestFastifyApplication> {
  const { logger = createLogger({ name: options.name, level: 'silent' }) } = options;
  const adapter = new FastifyAdapter({
    bodyLimit: 1_048_576,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    routerOptions: { maxParamLength: 1_024 },
    genReqId: () => randomUUID(),
    // A path that cannot be decoded comes past every hook.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(error, request, reply.header('X-Request-Id', request.id)),
    forceCloseConnections: 'idle',
  });
  const instance = adapter.getInstance() as unknown as FastifyInstance;
  requestLogging(instance, { logger });
  answerInTime(instance);
  if (options.metrics) await metrics(instance, options.name);
  if (options.faultDialsSecret) injectFaults(instance, options.faultDialsSecret);
  speakProblemDetails(adapter, instance);
  letInAnyOrigin(instance);
  instance.addHook('onRoute', (route) => {
    const { bodyLimit } = (route.config ?? {}) as { bodyLimit?: number };
    if (bodyLimit) route.bodyLimit = bodyLimit; // @RouteConfig({ bodyLimit }) on a controller's method
  });
  instance.addHook('onRequest', ({ headers, routeOptions }, _reply, done) => {
    const { forms, plainText } = (routeOptions.config ?? {}) as { forms?: boolean; plainText?: boolean };
    const type = headers['content-type'] ?? '';
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(type);
    const isText = /^text\/plain\b/i.test(type);
    const isRefused = (isForm && !forms) || (isText && !plainText); // @RouteConfig({ forms: true }) takes them
    done(isRefused ? new UnsupportedMediaTypeException('Send application/json') : undefined);
  });

  const app = await NestFactory.create<NestFastifyApplication>(ServiceModule.around(options.module, logger), adapter, {
    logger: new NestLogger(quieter(logger)),
    abortOnError: false,
  });
  const lifecycle = app.get(Lifecycle);
  instance.addHook('onSend', (_request, reply, _payload, done) => {
    // A connection that becomes idle now would keep the server open until it times out.
    if (lifecycle.stopping) reply.header('Connection', 'close');
    done();
  });
  app.setGlobalPrefix('api/v1', { exclude: [...OUTSIDE_API, ...(options.outsideApi ?? [])] });
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemDetailsFilter());
  const document = openApi(app, options);
  // A gateway has no routes of its own to describe, and shows at this address what stands behind it.
  if (describesRoutes(document)) instance.get('/openapi.json', () => document);
  await app.init();
  await instance.ready();
  return app;
}

/** Nest tells much that is no news: of it, and of our own `Logger`s, warnings unless debugging; never more than was asked for. */
function quieter(logger: Logger): Logger {
  if (logger.isLevelEnabled('debug') || !logger.isLevelEnabled('warn')) return logger;
  return logger.child({}, { level: 'warn' });
}

/** Opens what the service depends on, starts its jobs and listens. @throws Error whose message is one sentence */
export async function serve(app: NestFastifyApplication, port: number, host: string): Promise<void> {
  await app.get(Lifecycle).open();
  await app.listen(port, host).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE'
      ? new Error(`Port ${port} is in use: stop what uses it or set PORT to another.`)
      : error;
  });
}

/** What fails before Nest sees the request (a malformed body, an unknown path) looks like every other error. */
function speakProblemDetails(adapter: FastifyAdapter, instance: FastifyInstance) {
  instance.setErrorHandler(sendProblem);
  answerUnknownPaths(instance);
  // Nest would set both once more, too late for what fails before a route is found.
  adapter.setErrorHandler = () => adapter.getInstance();
  adapter.setNotFoundHandler = () => adapter.getInstance();
  // As a text it would be a body that fails validation: 400, not 415. Only where a route says `plainText` it is taken, for JSON: a page
  // may send it to another origin without asking first (WHATWG Fetch, CORS-safelisted request-header).
  instance.removeContentTypeParser('text/plain');
  instance.addContentTypeParser('text/plain', { parseAs: 'string' }, instance.getDefaultJsonParser('error', 'error'));
}
