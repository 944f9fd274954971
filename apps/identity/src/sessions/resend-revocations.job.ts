import { Job } from '@cairn/service/job';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../redis/redis-connection.service.ts';
import { RevocationRelay } from './revocation-relay.service.ts';

@Job({ name: 'resend-revocations', everyMs: 1_000 })
@Injectable()
export class ResendRevocationsJob {
  constructor(
    private readonly relay: RevocationRelay,
    private readonly redis: RedisConnection,
  ) {}

  async run(): Promise<void> {
    if (this.redis.isReady) await this.relay.sendAgainIfLost();
  }
}
