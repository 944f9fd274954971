import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HealthController } from './health.controller.ts';
import { Jobs } from './jobs.service.ts';

/** What every service has around its own module. */
@Module({ imports: [DiscoveryModule], controllers: [HealthController], providers: [Jobs] })
export class ServiceModule {
  static around(module: DynamicModule): DynamicModule {
    return { module: ServiceModule, imports: [module] };
  }
}
