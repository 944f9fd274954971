import { AnswerInterceptor } from '@cairn/http';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import type { Logger } from 'pino';
import { Connections } from './connections.service.ts';
import { HealthController } from './health.controller.ts';
import { Jobs } from './jobs.service.ts';
import { Lifecycle } from './lifecycle.service.ts';

/** The service's logger, for who writes lines with fields of their own; others take Nest's `Logger`. */
export const LOGGER = Symbol('LOGGER');

/** What every service has around its own module. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [HealthController],
  providers: [
    Connections,
    Jobs,
    Lifecycle,
    // The outermost: what a service adds itself comes before it.
    { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
  ],
  exports: [Lifecycle],
})
export class ServiceModule {
  static around(module: DynamicModule, logger: Logger): DynamicModule {
    const provider = { provide: LOGGER, useValue: logger };
    return { module: ServiceModule, imports: [module], providers: [provider], exports: [LOGGER] };
  }
}
