// what a service caches
export { Cache } from './cache.service.ts';
export type { Cached, CachedOptions, GetOptions } from './cached.ts';
// in the application
export { CachingModule } from './caching.module.ts';
export { CachingConfigSchema } from './caching.options.ts';
