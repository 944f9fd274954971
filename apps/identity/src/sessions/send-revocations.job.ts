import { Job } from '@cairn/service/job';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../redis/redis-connection.service.ts';
import { RevocationRelay } from './revocation-relay.service.ts';

/** Five times a second: a revocation must be everywhere within one. */
@Job({ name: 'send-revocations', everyMs: 200 })
@Injectable()
export class SendRevocationsJob {
  constructor(
    private readonly relay: RevocationRelay,
    private readonly redis: RedisConnection,
  ) {}

  async run(): Promise<void> {
    if (this.redis.isReady) await this.relay.sendNew(); // else readiness says so already
  }
}
