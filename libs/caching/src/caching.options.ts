import { z } from 'zod';

export const CACHING_OPTIONS = Symbol('CACHING_OPTIONS');

/** The part of a service's environment that its cache needs. `REDIS_URL` is the one that @cairn/auth uses. */
export const CachingConfigSchema = z.object({
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).meta({
    description: 'Brings the revocations of access tokens, and holds what is cached for all instances',
    example: 'redis://127.0.0.1:6379',
  }),
  CACHE: z.enum(['on', 'off']).default('on').meta({
    description: '`off`: every read goes to the source, to see what the cache brings or whether it is to blame',
  }),
  CACHE_PATIENCE_MS: z.coerce
    .number()
    .int()
    .min(5)
    .max(10_000)
    .default(50)
    .meta({ description: 'How long a request waits for the cache in Redis, before it counts as away' }),
  CACHE_ALONE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(600_000)
    .default(5_000)
    .meta({ description: 'While Redis is away: how old a value may be that another instance may have changed' }),
  CACHE_ALONE_LOADS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(8)
    .meta({ description: 'While Redis is away: how many values are loaded from the source at once' }),
});

export interface CachingOptions extends z.infer<typeof CachingConfigSchema> {
  /** Whose values they are: services that share a Redis do not share keys. */
  readonly namespace: string;
  /** For tests: milliseconds for which the lock of a load outlives its holder; 2,000. */
  readonly leaseMs?: number;
}

/** How many loads wait for their turn while Redis is away, for each that runs. */
export const ALONE_QUEUE_PER_LOAD = 16;
