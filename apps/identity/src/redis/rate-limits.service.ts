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

/** Counts in Redis for all instances, in this one's memory while Redis is away. */
@Injectable()
export class RateLimits {
  constructor(private readonly redis: RedisConnection) {}

  limiter(policy: LimitPolicy): Limiter {
    const options = { keyPrefix: policy.name, points: policy.quota, duration: policy.windowSeconds };
    const counter = new RateLimiterRedis({
      ...options,
      storeClient: this.redis.client,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(options),
    });
    return new Limiter(policy, counter);
  }
}

/** Keys are hashed: Redis learns neither addresses nor what was typed. */
export class Limiter {
  constructor(
    private readonly policy: LimitPolicy,
    private readonly counter: RateLimiterRedis,
  ) {}

  /** Counts one; the limit when it is one too many. */
  async count(key: string): Promise<RateLimit | undefined> {
    try {
      await this.counter.consume(digest(key));
      return undefined;
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      return { ...this.policy, resetSeconds: Math.ceil(error.msBeforeNext / 1_000) };
    }
  }

  async giveBack(key: string): Promise<void> {
    await this.counter.reward(digest(key));
  }

  async forget(key: string): Promise<void> {
    await this.counter.delete(digest(key));
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
