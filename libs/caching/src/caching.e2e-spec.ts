import { Public } from '@cairn/auth';
import { createApplication, serve } from '@cairn/service';
import { createLogger } from '@cairn/observability';
import { createTestRedis } from '@cairn/testing';
import { expect, test } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { Cache, CachingConfigSchema, CachingModule, type Cached } from './index.ts';

@Controller('things')
class ThingsController {
  private readonly things: Cached<{ name: string }>;

  constructor(cache: Cache) {
    this.things = cache.define({ name: 'thing', ttlMs: 60_000 });
  }

  @Get()
  @Public()
  list() {
    return this.things.get('all', () => ({ name: 'a thing' }));
  }
}

test('a service that brings it has a cache, names it in its readiness, and shows what it does', async () => {
  const redis = await createTestRedis();
  const config = CachingConfigSchema.parse({ REDIS_URL: redis.url, CACHE_PATIENCE_MS: '5000' });
  @Module({ imports: [CachingModule.forRoot(config, { service: 'things' })], controllers: [ThingsController] })
  class Things {}
  const logger = createLogger({ name: 'things', level: 'silent' });
  const app = await createApplication({ name: 'things', title: 'Things', module: { module: Things }, metrics: true, logger }); // prettier-ignore
  await serve(app, 0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const get = async (path: string) => (await fetch(url + path)).text();

  for (let n = 0; n < 3; n++) expect(JSON.parse(await get('/api/v1/things'))).toEqual({ name: 'a thing' });
  expect(JSON.parse(await get('/health/ready'))).toMatchObject({
    status: 'ok',
    dependencies: { cache: { status: 'ok', required: false } },
  });
  const figures = await get('/metrics');
  for (const line of [
    'cache_loads_total{cache="thing"} 1',
    'cache_memory_hits_total{cache="thing"} 2',
    'cache_redis_hits_total{cache="thing"} 0',
    'cache_stale_served_total{cache="thing"} 0',
    'cache_waits_total{cache="thing"} 0',
    'cache_memory_entries{cache="thing"} 1',
    'cache_redis_up 1',
    'cache_invalidations_pending 0',
  ])
    expect(figures).toContain(line);
  await app.close();
  await redis.drop();
});
