import { Module, type DynamicModule } from '@nestjs/common';
import type { z } from 'zod';
import { Cache } from './cache.service.ts';
import { CACHING_OPTIONS, type CachingConfigSchema, type CachingOptions } from './caching.options.ts';

/** Gives the application a `Cache`. */
@Module({})
export class CachingModule {
  static forRoot(
    config: z.infer<typeof CachingConfigSchema>,
    { service }: { /** Whose values they are. */ readonly service: string },
  ): DynamicModule {
    const { REDIS_URL, CACHE, CACHE_PATIENCE_MS, CACHE_ALONE_MS, CACHE_ALONE_LOADS } = config;
    const options: CachingOptions = {
      REDIS_URL,
      CACHE,
      CACHE_PATIENCE_MS,
      CACHE_ALONE_MS,
      CACHE_ALONE_LOADS,
      namespace: service,
    };
    return {
      module: CachingModule,
      global: true,
      providers: [{ provide: CACHING_OPTIONS, useValue: options }, Cache],
      exports: [Cache],
    };
  }
}
