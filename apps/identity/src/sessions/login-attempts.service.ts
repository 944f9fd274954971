import { Sql } from '@cairn/database';
import { networkOf } from '@cairn/http/network';
import { Injectable } from '@nestjs/common';
import { RateLimits, type Limiter } from '../redis/rate-limits.service.ts';
import { TooManyLogins } from './login-attempts.errors.ts';

/** Who tries to prove a password, and from where. */
export interface Attempt {
  /**
   * What the account was called, in one spelling. Not its id: that one name shares its limit with another would tell that both are of
   * one account, and that a name has a limit of its own, that there is none.
   */
  readonly name: string;
  /** The account, when there is one. */
  readonly userId: string | undefined;
  /** The client's address: request.ip. */
  readonly address: string;
}

const MINUTE = 60;
/** Tight: one place guessing at one account. */
const PAIR = { name: 'login-account-address', quota: 10, windowSeconds: 15 * MINUTE };
/** Loose: an office or a school shares one address. */
const NETWORK = { name: 'login-address', quota: 100, windowSeconds: 15 * MINUTE };
/** Many places guessing at one account; places from which its owner has signed in are not counted, so that he is not locked out. */
const ACCOUNT = { name: 'login-account', quota: 100, windowSeconds: 60 * MINUTE };

const FAMILIAR = {
  name: 'sessions.familiar-network',
  text: 'SELECT EXISTS (SELECT FROM sessions WHERE user_id = $1 AND network = $2) AS familiar',
};
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Limits failed logins. An attempt is counted before its password is verified, so that parallel guesses count too. One that is refused
 * meanwhile waits for those under way in this process: a right one among them makes room for it.
 */
@Injectable()
export class LoginAttempts {
  private readonly pair: Limiter;
  private readonly network: Limiter;
  private readonly account: Limiter;
  /** Those under way, by name and place; one that is right resolves once its counts are forgotten, another rejects. */
  private readonly underWay = new Map<string, Set<Promise<void>>>();
  /** Right attempts so far, of whomever. */
  private rights = 0;

  constructor(
    limits: RateLimits,
    private readonly sql: Sql,
  ) {
    this.pair = limits.limiter(PAIR);
    this.network = limits.limiter(NETWORK);
    this.account = limits.limiter(ACCOUNT);
  }

  /**
   * Runs `verify` if another attempt is allowed. When it answers true the attempts of this place at this account are forgotten.
   * @throws TooManyLogins
   */
  async limit({ name, userId, address }: Attempt, verify: () => Promise<boolean>): Promise<boolean> {
    const network = networkOf(address);
    const pair = { limiter: this.pair, key: `${name} ${network}` };
    const others: Count[] = [{ limiter: this.network, key: network }];
    if (!(await this.isFamiliar(userId, network))) others.push({ limiter: this.account, key: name });
    const settle = await this.admit(pair);
    let counted = [pair];
    let proven = false;
    try {
      await countAll(others);
      counted = [pair, ...others];
      proven = await verify();
      if (!proven) return false;
      await pair.limiter.forget(pair.key);
      await giveBack(others); // not reset: who has an account could guess at others' for ever
      return true;
    } catch (error) {
      if (!proven) await giveBack(counted); // nothing was verified
      throw error;
    } finally {
      settle(proven);
    }
  }

  /** Under way from the moment in which it is counted: who is refused for it must find it. @throws TooManyLogins */
  private async admit(pair: Count): Promise<(proven: boolean) => void> {
    for (;;) {
      const rights = this.rights;
      const limit = await pair.limiter.count(pair.key);
      if (!limit) return this.begin(pair.key);
      // One may have made room while the refusal was on its way from Redis.
      if (rights === this.rights && !(await this.oneIsRight(pair.key))) throw new TooManyLogins(undefined, { limit });
    }
  }

  private oneIsRight(key: string): Promise<boolean> {
    return Promise.any(this.underWay.get(key) ?? []).then(
      () => true,
      () => false,
    );
  }

  private begin(key: string): (proven: boolean) => void {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined);
    const all = this.underWay.get(key) ?? new Set();
    this.underWay.set(key, all.add(promise));
    return (proven) => {
      all.delete(promise); // first: who is woken must not find it again
      if (all.size === 0) this.underWay.delete(key);
      if (!proven) return reject(new Error('wrong'));
      this.rights++;
      resolve();
    };
  }

  /** Asked for unknown accounts too, so that they take as long. */
  private async isFamiliar(userId = NOBODY, network: string): Promise<boolean> {
    const [row] = await this.sql.rows<{ familiar: boolean }>(FAMILIAR, [userId, network]);
    return row!.familiar;
  }
}

interface Count {
  readonly limiter: Limiter;
  readonly key: string;
}

/** The tightest first: what it refuses is not counted by the others, so that one place cannot use up an account's. @throws TooManyLogins */
async function countAll(counts: readonly Count[]): Promise<void> {
  for (const [index, { limiter, key }] of counts.entries()) {
    const limit = await limiter.count(key);
    if (!limit) continue;
    await giveBack(counts.slice(0, index));
    throw new TooManyLogins(undefined, { limit });
  }
}

async function giveBack(counts: readonly Count[]): Promise<void> {
  await Promise.all(counts.map(({ limiter, key }) => limiter.giveBack(key)));
}
