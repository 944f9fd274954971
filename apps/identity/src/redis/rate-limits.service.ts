import type { RateLimit } from '@cairn/http/errors';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { RedisConnection } from './redis-connection.service.ts';

export interface LimitPolicy {
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
}

/** Counts in Redis for all instances, in this one's memory while Redis is away or does not answer in time. */
@Injectable()
export class RateLimits {
  constructor(private readonly redis: RedisConnection) {}

  limiter(policy: LimitPolicy): Limiter {
    return new Limiter(policy, this.redis);
  }
}

/** Keys are hashed: Redis learns neither addresses nor what was typed. */
export class Limiter {
  private readonly shared: RateLimiterRedis;
  private readonly local: RateLimiterMemory;

  constructor(
    private readonly policy: LimitPolicy,
    private readonly redis: RedisConnection,
  ) {
    const options = { keyPrefix: policy.name, points: policy.quota, duration: policy.windowSeconds };
    this.shared = new RateLimiterRedis({ ...options, storeClient: redis.impatient, rejectIfRedisNotReady: true });
    this.local = new RateLimiterMemory(options);
  }

  /** Counts one; the limit when it is one too many. */
  async count(key: string): Promise<RateLimit | undefined> {
    try {
      await this.counted(
        (counter) => counter.consume(digest(key)),
        () => this.shared.reward(digest(key)),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      return { ...this.policy, resetSeconds: Math.ceil(error.msBeforeNext / 1_000) };
    }
  }

  async giveBack(key: string): Promise<void> {
    await this.counted((counter) => counter.reward(digest(key)));
  }

  async forget(key: string): Promise<void> {
    await this.counted((counter) => counter.delete(digest(key)));
  }

  /** `undo` is sent behind what was given up: a Redis that wakes up does both. */
  private async counted(
    work: (counter: RateLimiterRedis | RateLimiterMemory) => Promise<unknown>,
    undo?: () => Promise<unknown>,
  ): Promise<void> {
    if (this.redis.isPrompt) {
      try {
        await work(this.shared);
        return;
      } catch (error) {
        if (error instanceof RateLimiterRes) throw error;
        this.redis.rest();
        undo?.().catch(() => undefined);
      }
    }
    await work(this.local);
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
