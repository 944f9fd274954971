import { AnswerHeadersInterceptor, ConditionalRequestInterceptor } from '@cairn/http';
import { Global, Module, StandardSchemaSerializerInterceptor, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_INTERCEPTOR, DiscoveryModule, Reflector } from '@nestjs/core';
import type { Logger } from 'pino';
import { Connections } from './connections.service.ts';
import { HealthController } from './health.controller.ts';
import { Jobs } from './jobs.service.ts';
import { Lifecycle } from './lifecycle.service.ts';

/** What every answer passes on its way out, the last first; what a service adds itself comes before all of them. */
const interceptors: Provider[] = [
  ConditionalRequestInterceptor,
  AnswerHeadersInterceptor,
  StandardSchemaSerializerInterceptor,
].map((type) => ({
  provide: APP_INTERCEPTOR,
  inject: [Reflector],
  useFactory: (reflector: Reflector) => new type(reflector),
}));

/** The service's logger, for who writes lines with fields of their own; others take Nest's `Logger`. */
export const LOGGER = Symbol('LOGGER');

/** What every service has around its own module. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [HealthController],
  providers: [Connections, Jobs, Lifecycle, ...interceptors],
  exports: [Lifecycle],
})
export class ServiceModule {
  static around(module: DynamicModule, logger: Logger): DynamicModule {
    const provider = { provide: LOGGER, useValue: logger };
    return { module: ServiceModule, imports: [module], providers: [provider], exports: [LOGGER] };
  }
}
