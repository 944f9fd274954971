import { StandardSchemaSerializerInterceptor, type DynamicModule } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ConditionalRequestInterceptor,
  PageLinkInterceptor,
  ProblemDetailsFilter,
  sendProblem,
  validationPipe,
} from '@cairn/http';
import { randomUUID } from 'node:crypto';
import { HealthModule } from './health.ts';
import { openApi, type OpenApiOptions } from './open-api.ts';

export interface ServiceOptions extends OpenApiOptions {
  readonly module: DynamicModule;
}

/** A service as its tests and its process both get it: routes, validation, problem details, ETags, health, OpenAPI. */
export async function createApplication(options: ServiceOptions): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: 1_048_576,
    requestIdHeader: 'x-request-id',
    genReqId: () => randomUUID(),
    trustProxy: '127.0.0.1',
  });
  adapter.getInstance().setErrorHandler(sendProblem);
  adapter.setErrorHandler = () => adapter.getInstance(); // Nest sets its own too late for what fails before a route: a malformed body
  adapter.getInstance().removeContentTypeParser('text/plain'); // else a text is taken for a body that fails validation: 400, not 415
  const app = await NestFactory.create<NestFastifyApplication>(HealthModule.around(options.module), adapter, {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  const reflector = app.get(Reflector);
  app.setGlobalPrefix('api/v1', { exclude: ['health/live', 'health/ready', '.well-known/jwks.json', 'openapi.json'] });
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemDetailsFilter());
  app.useGlobalInterceptors(
    new PageLinkInterceptor(),
    new ConditionalRequestInterceptor(reflector),
    new StandardSchemaSerializerInterceptor(reflector),
  );
  adapter.getInstance().addHook('onSend', async (request, reply) => void reply.header('X-Request-Id', request.id));
  app.enableShutdownHooks();
  const document = openApi(app, options);
  adapter.getInstance().get('/openapi.json', () => document);
  await app.init();
  await adapter.getInstance().ready();
  return app;
}
