import { Inject, Injectable, Logger } from '@nestjs/common';
import { gauge } from '@cairn/observability';
import { Dependency, type DependencyProvider } from '@cairn/service/health';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.ts';
import type { Verified } from './claims.ts';
import { isBefore, isComplete, lastIdOf, readEntry, REVOCATION_STREAM, type StreamEntry } from './revocation-stream.ts';
import { RevokedAccess } from './revoked-access.ts';
import { WallClock } from './wall-clock.ts';

const RETRY_MS = 250;
const BLOCK_MS = 1_000;
/** While the list is not complete: identity may be about to send it. */
const BLOCK_IN_TROUBLE_MS = 100;
/** How long a start waits for the first list. */
const OPEN_MS = 2_000;
const PAGE = 1_000;

/**
 * This service's live copy of the revocations. It follows the stream on a connection of its own, reads it again from the start after
 * every reconnect, and never forgets a revocation that is in force: while Redis is away, or has lost the list, the last copy holds.
 * Before the first complete list has been read nobody can say whether a user's token is good: until then it is required, where auth is vital.
 */
@Dependency({ name: 'revocations', required: false })
@Injectable()
export class RevocationFeed implements DependencyProvider {
  private readonly logger = new Logger(RevocationFeed.name);
  private readonly revoked = new RevokedAccess();
  private readonly stopping = new AbortController();
  private readonly attempted = Promise.withResolvers<void>();
  private readonly read = Promise.withResolvers<void>();
  private readonly clock = new WallClock();
  private following: Promise<void> | undefined;
  private redis: Redis | undefined;
  private trouble: string | undefined = 'the revocations have not been read yet';
  private known = false;
  /** The trouble that the log tells of. */
  private reported: string | undefined;

  constructor(@Inject(AUTH_OPTIONS) private readonly options: AuthOptions) {}

  /** Whether a complete list has ever been read. */
  get isKnown(): boolean {
    return this.known;
  }

  get required(): boolean {
    return this.options.isVital !== false && !this.known;
  }

  covers(verified: Verified): boolean {
    return this.revoked.covers(verified);
  }

  /** Resolves when the copy is complete and live. @throws Error that says what is missing */
  async check(): Promise<void> {
    if (this.trouble !== undefined) throw new Error(this.trouble);
  }

  /** Waits for the first attempt, so that a healthy start has the list. Does not fail: a service starts while Redis is away. */
  async open(): Promise<void> {
    gauge('revocations_live', {
      help: '1 while the copy of the revocations is complete and live',
      read: () => (this.trouble === undefined ? 1 : 0),
    });
    this.following = this.follow();
    await atMost(OPEN_MS, this.attempted.promise);
  }

  /** Resolves when a complete list has been read, or after two seconds without. */
  async firstList(): Promise<void> {
    await atMost(OPEN_MS, this.read.promise);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.redis?.disconnect();
    await this.following;
  }

  private async follow(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.readOn().catch((error: NodeJS.ErrnoException) => this.report(error.message || error.code!));
      await sleep(RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** Reads until something fails. */
  private async readOn(): Promise<never> {
    const redis = new Redis(this.options.redisUrl, {
      lazyConnect: true,
      connectTimeout: 1_000,
      commandTimeout: BLOCK_MS + 2_000, // a peer that vanished without a word
      disconnectTimeout: 100, // a blocked XREAD keeps the other side from closing
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      retryStrategy: () => null, // this loop reconnects, and then reads from the start
    });
    let reason: Error | undefined; // the command in flight only says that the connection is closed
    redis.on('error', (error: Error) => (reason = error));
    this.redis = redis;
    try {
      await redis.connect();
      let last = await this.readAll(redis);
      for (;;) {
        const entries = await readNew(redis, last, this.trouble === undefined ? BLOCK_MS : BLOCK_IN_TROUBLE_MS);
        this.add(entries);
        last = entries.at(-1)?.[0] ?? last;
        if (this.clock.wasSet()) last = await this.readAll(redis);
        if (entries.length > 0) continue;
        if (isBefore(await lastIdOf(redis), last)) last = await this.readAll(redis);
        else if (this.trouble !== undefined) await this.reportCompleteness(redis);
        this.revoked.purge();
      }
    } catch (error) {
      throw reason ?? error;
    } finally {
      redis.disconnect();
    }
  }

  /** From the start of the stream to its end. Answers the last id. */
  private async readAll(redis: Redis): Promise<string> {
    let last = '0-0';
    for (;;) {
      const entries: StreamEntry[] = await redis.xrange(REVOCATION_STREAM, `(${last}`, '+', 'COUNT', PAGE);
      if (entries.length === 0) break;
      this.add(entries);
      last = entries.at(-1)![0];
    }
    await this.reportCompleteness(redis);
    return last;
  }

  private add(entries: readonly StreamEntry[]): void {
    for (const entry of entries) {
      const revocation = readEntry(entry);
      if (revocation) this.revoked.add(revocation);
    }
  }

  private async reportCompleteness(redis: Redis): Promise<void> {
    this.report((await isComplete(redis)) ? undefined : 'identity has not sent the revocations in force to this Redis');
  }

  private report(trouble: string | undefined): void {
    if (this.stopping.signal.aborted) return;
    if (trouble !== this.reported) this.tell(trouble);
    this.trouble = trouble;
    if (trouble === undefined) {
      this.known = true;
      this.read.resolve();
    }
    this.attempted.resolve();
  }

  private tell(trouble: string | undefined): void {
    if (trouble === undefined) this.logger.warn('Access revocations: the copy is complete and live again');
    else if (this.known) this.logger.warn(`Access revocations: the last copy holds (${trouble})`);
    else this.logger.warn(`Access revocations: none have been read yet (${trouble})`);
    this.reported = trouble;
  }
}

const atMost = (ms: number, promise: Promise<void>) => Promise.race([promise, sleep(ms, undefined, { ref: false })]);

/** Waits for entries after `last`; none when `blockMs` have passed. */
async function readNew(redis: Redis, last: string, blockMs: number): Promise<StreamEntry[]> {
  const answer = await redis.xread('COUNT', PAGE, 'BLOCK', blockMs, 'STREAMS', REVOCATION_STREAM, last);
  return (answer?.[0]?.[1] ?? []) as StreamEntry[];
}
