import { Sql } from '@cairn/database';
import type { RateLimit } from '@cairn/http/errors';
import { networkOf } from '@cairn/http/network';
import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';

export interface LimitPolicy {
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
}

/**
 * Counts what strangers may do only so often, for all instances, in PostgreSQL: it has to be there for what is counted anyway, and no
 * limit is off because Redis is away. Keys are hashed: no address is stored.
 */
@Injectable()
export class Limits {
  constructor(private readonly sql: Sql) {}

  /** Counts one; the limit when it is one too many. The window begins with the first that is counted. */
  async count(policy: LimitPolicy, key: string): Promise<RateLimit | undefined> {
    const digest = hash('sha256', `${policy.name} ${key}`, 'buffer');
    const [row] = await this.sql.rows<{ count: number; resetSeconds: number }>(COUNT, [digest, policy.windowSeconds]);
    const { count, resetSeconds } = row!;
    return count > policy.quota ? { ...policy, resetSeconds: Math.max(1, resetSeconds) } : undefined;
  }

  /** Takes back one that was counted. */
  async giveBack(policy: LimitPolicy, key: string): Promise<void> {
    await this.sql.rows(GIVE_BACK, [hash('sha256', `${policy.name} ${key}`, 'buffer')]);
  }
}

const GIVE_BACK = {
  name: 'give-back-limit',
  text: 'UPDATE limit_counts SET count = count - 1 WHERE key = $1 AND count > 0',
};

/** Who somebody is for a limit: the account, or the network where nobody is signed in. */
export const whoever = (caller: { readonly id: string } | undefined, address: string) =>
  caller ? `user ${caller.id}` : `network ${networkOf(address)}`;

/** Each takes some that have ended with it, so that the table needs no job. */
const COUNT = {
  name: 'count-limit',
  text: `WITH ended AS (DELETE FROM limit_counts WHERE key IN (
      SELECT key FROM limit_counts WHERE ends_at < now() AND key <> $1 ORDER BY ends_at LIMIT 5 FOR UPDATE SKIP LOCKED))
    INSERT INTO limit_counts AS l (key, count, ends_at) VALUES ($1, 1, clock_timestamp() + $2 * interval '1 second')
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN l.ends_at < clock_timestamp() THEN 1 ELSE least(l.count, 1000000) + 1 END,
      ends_at = CASE WHEN l.ends_at < clock_timestamp() THEN excluded.ends_at ELSE l.ends_at END
    RETURNING count, ceil(extract(epoch FROM ends_at - clock_timestamp()))::integer AS "resetSeconds"`,
};
