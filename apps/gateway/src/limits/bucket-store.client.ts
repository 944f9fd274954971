import { endSocketTimeoutOnClose } from '@cairn/resilience/redis';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LimitPolicy } from './limit-policy.ts';
import { LEASE_MS, type Answer, type Question } from './token-bucket.ts';

/** A Redis that failed is tried again after so long; twice as long each time that it fails soon after. */
const FIRST_REST_MS = 250;
const LONGEST_REST_MS = 8_000;
/** How long a start waits for it. */
const OPEN_MS = 1_000;
/** After so long without a failure the next one is a first one. */
const STEADY_MS = 30_000;

const script = { lua: readFileSync(new URL('token-bucket.lua', import.meta.url), 'utf8'), numberOfKeys: 1 };
type Lend = (
  key: string,
  ...args: (string | number)[]
) => Promise<[given: number, leftMillionths: number, elsewhere: number]>;

const NOTHING: Question = { held: 0, back: 0, owed: 0, needed: 0, spare: 0 };
const PROBE: LimitPolicy = { name: 'probe', burst: 1, perMinute: 60, exact: true };

/** The buckets in Redis, which all gateways share. It is asked only while it answers in time; whether it does again is found out by itself, not by requests. */
@Injectable()
export class BucketStore {
  private readonly logger = new Logger('RateLimits');
  private readonly redis: Redis & { lend: Lend };
  /** How long a request waits for Redis, in milliseconds. */
  private readonly promptMs: number;
  /** As the buckets know this process. */
  private readonly gateway = randomUUID().slice(0, 13);
  private up = false;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;
  private restMs = FIRST_REST_MS;
  private upSince = 0;
  /** What the log says last. */
  private saidAlone = false;

  constructor(
    @Inject('config')
    { REDIS_URL, LIMITS_PATIENCE_MS }: { readonly REDIS_URL: string; readonly LIMITS_PATIENCE_MS: number },
  ) {
    this.promptMs = LIMITS_PATIENCE_MS;
    this.redis = new Redis(REDIS_URL, {
      lazyConnect: true,
      enableOfflineQueue: false, // what cannot be done now fails now
      maxRetriesPerRequest: 0,
      enableAutoPipelining: true, // the questions of one turn of the event loop travel together
      connectTimeout: 1_000,
      socketTimeout: 5_000, // a host that went away does not say so
      retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
      scripts: { lend: script },
    }) as Redis & { lend: Lend };
    this.redis.on('error', () => undefined); // readiness says so
    endSocketTimeoutOnClose(this.redis);
    this.redis.on('ready', () => this.probeIn(0));
    this.redis.on('close', () => this.fail(new Error('Redis is not connected')));
  }

  get isUp(): boolean {
    return this.up;
  }

  /** Does not fail: it goes on trying. */
  async open(): Promise<void> {
    const connected = this.redis.connect().catch(() => undefined); // `fail` has been told
    await Promise.race([connected, sleep(OPEN_MS, undefined, { ref: false })]);
    await this.probe();
  }

  close(): void {
    this.closed = true;
    this.up = false;
    clearTimeout(this.timer);
    this.redis.disconnect();
  }

  /**
   * @param late gets an answer that came after this was rejected
   * @throws Error when there is no answer within `promptMs`; nobody is to ask again until `isUp`
   */
  ask(key: string, policy: LimitPolicy, question: Question, late: (answer: Answer) => void): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    let isOver = false;
    const giveUp = (error: Error) => {
      if (isOver) return;
      isOver = true;
      this.fail(error);
      reject(error);
    };
    // After a pause of this process the answer may be there and unread: what has arrived is read before it counts as late.
    const timer = setTimeout(
      () => setImmediate(() => giveUp(new Error(`Redis did not answer within ${this.promptMs} ms`))),
      this.promptMs,
    );
    const { held, back, owed, needed, spare } = question;
    const { burst, perMinute } = policy;
    this.redis.lend(key, burst, perMinute, this.gateway, LEASE_MS, held, back, owed, needed, spare).then(
      ([given, millionths, elsewhere]) => {
        clearTimeout(timer);
        const answer = { given, left: millionths / 1e6, elsewhere };
        if (isOver) return late(answer);
        isOver = true;
        resolve(answer);
      },
      (error: Error) => {
        clearTimeout(timer);
        giveUp(error);
      },
    );
    return promise;
  }

  private fail(error: Error): void {
    const now = performance.now();
    if (this.up)
      this.restMs = now - this.upSince > STEADY_MS ? FIRST_REST_MS : Math.min(this.restMs * 2, LONGEST_REST_MS);
    this.up = false;
    if (this.closed) return;
    if (!this.saidAlone) this.logger.warn(`Limits are counted by this process alone: ${error.message}`);
    this.saidAlone = true;
    this.probeIn(this.restMs);
  }

  private probeIn(ms: number): void {
    clearTimeout(this.timer);
    if (!this.closed) this.timer = setTimeout(() => void this.probe(), ms).unref();
  }

  /** Asks what requests ask: a Redis that answers PING may still refuse to write. */
  private async probe(): Promise<void> {
    if (this.up || this.closed) return;
    try {
      await this.ask(`limit:probe:${this.gateway}`, PROBE, NOTHING, () => undefined);
    } catch {
      return; // `fail` has seen to the next
    }
    this.up = true;
    this.upSince = performance.now();
    if (this.saidAlone) this.logger.log('Limits are counted in Redis again');
    this.saidAlone = false;
  }
}
