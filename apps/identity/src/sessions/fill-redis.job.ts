import { RevocationFeed } from '@cairn/auth';
import { Job } from '@cairn/service/job';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../redis/redis-connection.service.ts';
import { RevocationRelay } from './revocation-relay.service.ts';

/** Before identity listens: an empty Redis is given the revocations, so that its own copy is complete when the first request comes. */
@Job({ name: 'fill-redis' })
@Injectable()
export class FillRedisJob {
  constructor(
    private readonly relay: RevocationRelay,
    private readonly redis: RedisConnection,
    private readonly feed: RevocationFeed,
  ) {}

  async run(): Promise<void> {
    if (!this.redis.isReady) return; // identity starts without it; ResendRevocationsJob goes on
    await this.relay.sendAgainIfLost();
    await this.feed.firstList();
  }
}
