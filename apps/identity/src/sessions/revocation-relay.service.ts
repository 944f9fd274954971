import {
  incarnationOf,
  isComplete,
  REVOCATION_STREAM,
  REVOCATIONS_COMPLETE,
  revocationEntry,
  type Revocation,
} from '@cairn/auth';
import { Sql, Transactions } from '@cairn/database';
import { Dependency, type DependencyProvider } from '@cairn/service/health';
import { Injectable } from '@nestjs/common';
import type { ChainableCommander } from 'ioredis';
import { RedisConnection } from '../redis/redis-connection.service.ts';
import { REVOCATION_SECONDS } from './access-revocations.service.ts';

const BATCH = 500;
/** In seconds. Five a second are tried. */
const LATE = 5;

const COLUMNS = `session_id AS "sessionId", user_id AS "userId", min_token_version AS "minTokenVersion", until`;
const IN_FORCE = {
  name: 'access-revocations.in-force',
  text: `SELECT id, ${COLUMNS} FROM access_revocations WHERE until > now() AND id > $1 ORDER BY id LIMIT ${BATCH}`,
};
const OLDEST_UNSENT = {
  name: 'access-revocations.late',
  text: `SELECT EXISTS (
    SELECT FROM access_revocations
    WHERE sent_at IS NULL AND until < now() + $1 * interval '1 second'
  ) AS late`,
};

interface Row {
  readonly id: string;
  readonly sessionId: string | null;
  readonly userId: string | null;
  readonly minTokenVersion: number | null;
  readonly until: Date;
}

/**
 * Brings the revocations from the database to Redis. Sending one twice does no harm, so every instance may. Readiness names it beside
 * `redis`, as a Redis that is full or read-only answers a PING and takes no revocation.
 */
@Dependency({ name: 'revocation-relay', required: false })
@Injectable()
export class RevocationRelay implements DependencyProvider {
  private failure: unknown;

  constructor(
    private readonly transactions: Transactions,
    private readonly sql: Sql,
    private readonly redis: RedisConnection,
  ) {}

  /** @throws Error when the last sending failed, or a log-out has waited for longer than it may */
  async check(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    const [row] = await this.sql.rows<{ late: boolean }>(OLDEST_UNSENT, [REVOCATION_SECONDS - LATE]);
    if (row!.late) throw new Error('revocations wait to be sent');
  }

  /** Those not sent yet. A crash between the sending and the commit sends them again. @throws when Redis is away */
  async sendNew(): Promise<void> {
    try {
      await this.sendUnsent();
      this.failure = undefined;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  private async sendUnsent(): Promise<void> {
    let sent: number;
    do {
      sent = await this.transactions.run(async (tx) => {
        const rows: Row[] = await tx.query(
          `SELECT id, ${COLUMNS} FROM access_revocations WHERE sent_at IS NULL
           ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
        );
        if (rows.length === 0) return 0;
        await this.append(rows);
        await tx.query('UPDATE access_revocations SET sent_at = now() WHERE id = ANY($1)', [rows.map(({ id }) => id)]);
        return rows.length;
      });
    } while (sent === BATCH);
  }

  /** All in force, when Redis does not have them (any more): it was restarted, emptied or replaced. @throws when Redis is away */
  async sendAgainIfLost(): Promise<void> {
    const redis = this.redis.client;
    if ((await isComplete(redis)) && (await redis.exists(REVOCATION_STREAM))) return;
    const incarnation = await incarnationOf(redis); // before the first is sent: a Redis that ends meanwhile is not the one that has them
    let rows: Row[] = [];
    do {
      rows = await this.sql.rows<Row>(IN_FORCE, [rows.at(-1)?.id ?? 0]);
      if (rows.length > 0) await this.append(rows);
    } while (rows.length === BATCH);
    await redis.set(REVOCATIONS_COMPLETE, incarnation);
  }

  private async append(rows: readonly Row[]): Promise<void> {
    // Entries whose tokens have all expired are trimmed as others come. By Redis's clock, which makes the ids: another that is ahead
    // would trim what is in force.
    const [seconds] = await this.redis.client.time();
    const oldest = (Number(seconds) - 2 * REVOCATION_SECONDS) * 1_000;
    const pipeline: ChainableCommander = this.redis.client.pipeline();
    for (const row of rows)
      pipeline.xadd(REVOCATION_STREAM, 'MINID', '~', oldest, '*', ...revocationEntry(toRevocation(row)));
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }
}

function toRevocation({ sessionId, userId, minTokenVersion, until }: Row): Revocation {
  return sessionId === null
    ? { kind: 'user', userId: userId!, minTokenVersion: minTokenVersion!, until: until.getTime() }
    : { kind: 'session', sessionId, until: until.getTime() };
}
