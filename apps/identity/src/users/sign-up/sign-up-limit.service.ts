import { networkOf } from '@cairn/http/network';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.ts';
import { RateLimits, type Limiter } from '../../redis/rate-limits.service.ts';
import { TooManySignUps } from '../user.errors.ts';

/** Each sign-up costs a hash, and each refused one tells that an email is taken: one place gets so many of both. */
@Injectable()
export class SignUpLimit {
  private readonly limiter: Limiter;

  constructor(limits: RateLimits, @Inject(CONFIG) config: Config) {
    this.limiter = limits.limiter({ name: 'sign-up-address', quota: config.SIGN_UPS_PER_HOUR, windowSeconds: 3_600 });
  }

  /** @throws TooManySignUps */
  async count(address: string): Promise<void> {
    const limit = await this.limiter.count(networkOf(address));
    if (limit) throw new TooManySignUps(undefined, { limit });
  }
}
