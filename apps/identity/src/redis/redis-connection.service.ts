import { Dependency } from '@cairn/service/health';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { CONFIG, type Config } from '../config.ts';

/** Counts failed logins and carries revocations. Identity goes on without it: logins are counted in memory, revocations wait. */
@Dependency({ name: 'redis', required: false })
@Injectable()
export class RedisConnection implements OnApplicationShutdown {
  readonly client: Redis;

  constructor(@Inject(CONFIG) config: Config) {
    this.client = new Redis(config.REDIS_URL, {
      lazyConnect: true,
      enableOfflineQueue: false, // what cannot be done now fails now
      maxRetriesPerRequest: 0,
      connectTimeout: 1_000,
      commandTimeout: 1_000,
      retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
    });
    this.client.on('error', () => undefined); // readiness says so
  }

  /** Does not fail: it goes on trying. */
  async open(): Promise<void> {
    await this.client.connect().catch(() => undefined);
  }

  async check(): Promise<void> {
    await this.client.ping();
  }

  get isReady(): boolean {
    return this.client.status === 'ready';
  }

  onApplicationShutdown(): void {
    this.client.disconnect();
  }
}
