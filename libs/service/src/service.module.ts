import { AnswerHeadersInterceptor, ConditionalRequestInterceptor } from '@cairn/http';
import { Module, StandardSchemaSerializerInterceptor, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_INTERCEPTOR, DiscoveryModule, Reflector } from '@nestjs/core';
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

/** What every service has around its own module. */
@Module({
  imports: [DiscoveryModule],
  controllers: [HealthController],
  providers: [Connections, Jobs, Lifecycle, ...interceptors],
})
export class ServiceModule {
  static around(module: DynamicModule): DynamicModule {
    return { module: ServiceModule, imports: [module] };
  }
}
