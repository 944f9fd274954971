import { Sql } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { RedisConnection } from '../redis/redis-connection.service.ts';
import { TooManyLogins } from './login-attempts.errors.ts';
import { networkOf } from './network.ts';

/** Who tries to prove a password, and from where. */
export interface Attempt {
  /** The account's id; `login:` and what was typed when there is no such account. */
  readonly account: string;
  /** The client's address: request.ip. */
  readonly address: string;
}

const MINUTE = 60;
const limits = {
  /** Tight: one place guessing at one account. */
  pair: { name: 'login-account-address', points: 10, windowSeconds: 15 * MINUTE },
  /** Loose: an office or a school shares one address. */
  network: { name: 'login-address', points: 100, windowSeconds: 15 * MINUTE },
  /** Many places guessing at one account; places from which its owner has signed in are not counted, so that he is not locked out. */
  account: { name: 'login-account', points: 100, windowSeconds: 60 * MINUTE },
} as const;

const FAMILIAR = {
  name: 'sessions.familiar-network',
  text: 'SELECT EXISTS (SELECT FROM sessions WHERE user_id = $1 AND network = $2) AS familiar',
};
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Limits failed logins, in Redis for all instances, in this one's memory while Redis is away. An attempt is counted before its
 * password is verified, so that parallel guesses count too.
 */
@Injectable()
export class LoginAttempts {
  private readonly limiters;

  constructor(
    redis: RedisConnection,
    private readonly sql: Sql,
  ) {
    const limiter = ({ name, points, windowSeconds }: (typeof limits)[keyof typeof limits]) =>
      new RateLimiterRedis({
        storeClient: redis.client,
        keyPrefix: name,
        points,
        duration: windowSeconds,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory({ keyPrefix: name, points, duration: windowSeconds }),
      });
    this.limiters = { pair: limiter(limits.pair), network: limiter(limits.network), account: limiter(limits.account) };
  }

  /**
   * Runs `verify` if another attempt is allowed. When it answers true the attempts of this place at this account are forgotten.
   * @throws TooManyLogins
   */
  async limit({ account, address }: Attempt, verify: () => Promise<boolean>): Promise<boolean> {
    const network = networkOf(address);
    const counted: Count[] = [
      { of: 'pair', key: digest(`${account} ${network}`) },
      { of: 'network', key: digest(network) },
    ];
    if (!(await this.isFamiliar(account, network))) counted.push({ of: 'account', key: digest(account) });
    await this.count(counted);
    let proven: boolean;
    try {
      proven = await verify();
    } catch (error) {
      await this.giveBack(counted); // nothing was verified
      throw error;
    }
    if (!proven) return false;
    await this.limiters.pair.delete(counted[0]!.key);
    await this.giveBack(counted.slice(1)); // not reset: who has an account could guess at others' for ever
    return true;
  }

  /** The tightest first: what it refuses is not counted by the others, so that one place cannot use up an account's. */
  private async count(counts: readonly Count[]): Promise<void> {
    for (const [index, { of, key }] of counts.entries()) {
      try {
        await this.limiters[of].consume(key);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        await this.giveBack(counts.slice(0, index));
        const resetSeconds = Math.ceil(error.msBeforeNext / 1_000);
        throw Object.assign(new TooManyLogins(undefined, { retryAfter: resetSeconds }), {
          limit: { ...limits[of], resetSeconds },
        });
      }
    }
  }

  private async giveBack(counts: readonly Count[]): Promise<void> {
    await Promise.all(counts.map(({ of, key }) => this.limiters[of].reward(key)));
  }

  /** Asked for unknown accounts too, so that they take as long. */
  private async isFamiliar(account: string, network: string): Promise<boolean> {
    const userId = account.startsWith('login:') ? NOBODY : account;
    const [row] = await this.sql.rows<{ familiar: boolean }>(FAMILIAR, [userId, network]);
    return row!.familiar;
  }
}

interface Count {
  readonly of: keyof typeof limits;
  readonly key: string;
}

/** Redis learns neither addresses nor what was typed. */
const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
