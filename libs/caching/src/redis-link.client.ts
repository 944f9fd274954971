import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CachingOptions } from './caching.options.ts';
import { Deadlines } from './deadlines.ts';
import { redisAt } from './redis-scripts.ts';

/** A Redis that failed is tried again after so long; twice as long each time that it fails soon after. */
const FIRST_REST_MS = 250;
const LONGEST_REST_MS = 2_000;
/** After so long without a failure the next one is a first one. */
const STEADY_MS = 30_000;
/** How long a start waits for it. */
const OPEN_MS = 1_000;
/** So often it is found out whether messages still arrive. */
const BEAT_MS = 500;

export interface LinkEvents {
  heard(message: string): void;
  /** Asks what requests ask, before they do and with every beat. */
  greet(): Promise<void>;
  /** Requests may ask, too. */
  isGreeted(): boolean;
  /** It was up, and is not. */
  lost(): void;
  /** Whoever waits for a message need not wait any longer. */
  failed(): void;
  /** Up, after a time in which messages may have been missed. */
  back(): void;
}

/** To Redis: a connection to ask and one to listen. Up while answers come in time and messages arrive; whether they do again it finds out by itself. */
export class RedisLink {
  readonly redis;
  readonly channel: string;
  private readonly logger = new Logger('Cache');
  private readonly subscriber;
  private readonly ownChannel: string;
  private readonly deadlines: Deadlines;
  private up = false;
  private closed = false;
  private subscribed = false;
  private timer: NodeJS.Timeout | undefined;
  private beats = 0;
  private heard = 0;
  private restMs = FIRST_REST_MS;
  private upSince = 0;
  private saidAlone = false;

  constructor(
    private readonly options: CachingOptions,
    channel: string,
    private readonly events: LinkEvents,
  ) {
    this.deadlines = new Deadlines(options.CACHE_PATIENCE_MS, (error) => this.fail(error));
    this.redis = redisAt(options.REDIS_URL);
    this.subscriber = redisAt(options.REDIS_URL);
    this.channel = `${channel}:${this.redis.options.db ?? 0}`; // Redis shares channels among its numbered databases
    this.ownChannel = `${this.channel}:${randomUUID()}`;
    for (const connection of [this.redis, this.subscriber]) {
      connection.on('error', () => undefined); // readiness says so
      connection.on('close', () => this.fail(new Error('Redis is not connected')));
    }
    this.redis.on('ready', () => this.probeIn(0));
    this.subscriber.on('close', () => (this.subscribed = false));
    this.subscriber.on('ready', () => void this.subscribe());
    this.subscriber.on('message', (at: string, message: string) => {
      if (at === this.channel) events.heard(message);
      else this.heard = Number(message);
    });
  }

  get isUp(): boolean {
    return this.up;
  }

  /** Does not fail: it goes on trying. */
  async open(): Promise<void> {
    for (const connection of [this.redis, this.subscriber]) connection.connect().catch(() => undefined);
    for (const until = performance.now() + OPEN_MS; !this.up && performance.now() < until;) await sleep(5);
  }

  close(): void {
    this.closed = true;
    this.up = false;
    clearTimeout(this.timer);
    this.redis.disconnect();
    this.subscriber.disconnect();
  }

  /** @throws Error when it fails or takes longer than `CACHE_PATIENCE_MS`: then Redis is away. `late` gets an answer that comes after that */
  inTime<T>(asked: Promise<T>, late?: (answer: T) => void): Promise<T> {
    return this.deadlines.inTime(asked, late);
  }

  private async subscribe(): Promise<void> {
    try {
      await this.subscriber.subscribe(this.channel, this.ownChannel);
    } catch {
      return; // closed again
    }
    this.subscribed = true;
    this.probeIn(0);
  }

  private fail(error: Error): void {
    const now = performance.now();
    const wasUp = this.up;
    if (wasUp)
      this.restMs = now - this.upSince > STEADY_MS ? FIRST_REST_MS : Math.min(this.restMs * 2, LONGEST_REST_MS);
    this.up = false;
    if (this.closed) return;
    if (!this.saidAlone) this.logger.warn(`Values are cached by this process alone: ${error.message}`);
    this.saidAlone = true;
    if (wasUp) this.events.lost();
    this.events.failed();
    this.probeIn(this.restMs);
  }

  private probeIn(ms: number): void {
    this.next(ms, () => this.probe());
  }

  private next(ms: number, step: () => Promise<void>): void {
    clearTimeout(this.timer);
    if (!this.closed) this.timer = setTimeout(() => void step(), ms).unref();
  }

  private async probe(): Promise<void> {
    if (this.up || this.closed || !this.subscribed) return;
    try {
      await this.beat();
      await this.events.greet();
    } catch {
      return; // `fail` has seen to the next
    }
    if (this.up || this.closed || !this.subscribed) return;
    if (!this.events.isGreeted()) return this.probeIn(0);
    this.up = true;
    this.upSince = performance.now();
    this.events.back();
    if (this.saidAlone) this.logger.log('Values are cached in Redis again');
    this.saidAlone = false;
    this.next(BEAT_MS, () => this.watch());
  }

  private async watch(): Promise<void> {
    try {
      await this.beat();
      await this.events.greet();
    } catch {
      return; // `fail` has seen to it
    }
    if (this.up) this.next(BEAT_MS, () => this.watch());
  }

  /** Resolves when what was published up to now has arrived here: Redis keeps the order. @throws Error when it has not in time */
  private async beat(): Promise<void> {
    const beat = ++this.beats;
    await this.deadlines.inTime(this.redis.publish(this.ownChannel, String(beat)));
    for (const until = performance.now() + Math.max(this.options.CACHE_PATIENCE_MS, BEAT_MS); this.heard < beat;) {
      if (performance.now() > until) {
        const error = new Error('messages of Redis do not arrive');
        this.subscriber.disconnect(true);
        this.fail(error);
        throw error;
      }
      await sleep(2);
    }
  }
}
