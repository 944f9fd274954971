import { Dependency } from '@cairn/service/health';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { CONFIG, type Config } from '../config.ts';

/** How long nobody asks a Redis that did not answer in time, in milliseconds. */
const REST_MS = 5_000;

/** Counts failed logins and carries revocations. Identity goes on without it: logins are counted in memory, revocations wait. */
@Dependency({ name: 'redis', required: false })
@Injectable()
export class RedisConnection implements OnApplicationShutdown {
  readonly client: Redis;
  /** For what somebody waits for: gives up after 250 ms. */
  readonly impatient: Redis;
  /** By the monotonic clock, in milliseconds. */
  private restsUntil = 0;

  constructor(@Inject(CONFIG) config: Config) {
    this.client = new Redis(config.REDIS_URL, {
      lazyConnect: true,
      enableOfflineQueue: false, // what cannot be done now fails now
      maxRetriesPerRequest: 0,
      connectTimeout: 1_000,
      commandTimeout: 1_000,
      retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
    });
    this.impatient = this.client.duplicate({ commandTimeout: 250 });
    for (const client of [this.client, this.impatient]) client.on('error', () => undefined); // readiness says so
  }

  /** Does not fail: it goes on trying. */
  async open(): Promise<void> {
    await Promise.all([this.client, this.impatient].map((client) => client.connect().catch(() => undefined)));
  }

  async check(): Promise<void> {
    await this.client.ping();
  }

  get isReady(): boolean {
    return this.client.status === 'ready';
  }

  /** Whether it is worth to let somebody wait for it: one that hangs is asked again after a while only. */
  get isPrompt(): boolean {
    return this.impatient.status === 'ready' && performance.now() >= this.restsUntil;
  }

  rest(): void {
    this.restsUntil = performance.now() + REST_MS;
  }

  onApplicationShutdown(): void {
    this.client.disconnect();
    this.impatient.disconnect();
  }
}
