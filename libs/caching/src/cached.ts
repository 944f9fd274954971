import { withoutDeadline } from '@cairn/observability';
import { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { decoded, encoded, keptTags, say, shortened } from './json-value.ts';
import { after, lifetimes, type Lifetime, type LifetimeOptions } from './lifetime.ts';
import { MemoryLevel, type MemoryEntry } from './memory-level.ts';
import type { Claim, Entry } from './redis-entry.ts';
import type { RedisLevel } from './redis-level.client.ts';

export interface CachedOptions<T> extends LifetimeOptions {
  /** Lower case letters, digits and hyphens. Another shape of the value is another name: `post-v2`. */
  readonly name: string;
  /** What the value was made of, so that all values made of it can be invalidated; also of one that is not there. */
  readonly tags?: (value: T | undefined, key: string) => readonly string[];
  /** How many this process keeps in memory; 10,000. 0: Redis only. */
  readonly maxEntries?: number;
}

export interface GetOptions {
  /** Reads what has been written up to now, and lets nobody read what was there before. */
  readonly fresh?: boolean;
}

type Load<T> = () => Promise<T | undefined> | T | undefined;

/** A look-up under way, for all who ask meanwhile. */
interface Flight<T> {
  answer: Promise<T | undefined>;
  /** What goes on when there is an answer already: a load in the background. */
  rest?: Promise<unknown>;
  /** False once the key was invalidated: who asks from now on does not join, and what it finds is not kept. */
  isCurrent: boolean;
  /** Somebody who saw an outdated value has it loaded anew, and is counted already. */
  readonly inBackground: boolean;
}

/** What a set of values needs of the cache that it is part of. */
export interface Surroundings {
  /** Reads are cached. What changes is told in any case, as other instances may cache it. */
  readonly isOn: boolean;
  readonly redis: RedisLevel;
  /** For loads while Redis is away. @throws Overloaded */
  readonly alone: <T>(load: () => Promise<T>) => Promise<T>;
  readonly aloneMs: number;
  invalidate(items: readonly string[]): Promise<void>;
}

/** A message that was lost costs who waits for it so many milliseconds. */
const POLL_MS = 50;
/** After a load failed while something could be shown the next one begins so much later. */
const RETRY_MS = 1_000;
/** So long somebody waits for a source that may have fallen silent, if there is something older to show. */
const PATIENCE_MS = 500;
/** For so long nobody waits any more after that: longer than a silent source takes to be given up. */
const SPARED_MS = 10_000;

/**
 * Values of one kind, by key. They are what JSON makes of them (a Date becomes a string), shared by all who ask, and frozen.
 * Who changes the source invalidates after the commit, or writes through `put`.
 */
export class Cached<T> {
  readonly counts = { memory: 0, redis: 0, stale: 0, loads: 0, waits: 0, refused: 0 };
  private readonly logger = new Logger('Cache');
  private readonly memory: MemoryLevel<T>;
  private readonly flights = new Map<string, Flight<T>>();
  private readonly lifetime: (isThere: boolean) => Lifetime;

  /** @throws RangeError when the options make no cache */
  constructor(
    private readonly options: CachedOptions<T>,
    private readonly surroundings: Surroundings,
  ) {
    if (!/^[a-z][a-z0-9-]*$/.test(options.name)) throw new RangeError(`"${options.name}" is no name of cached values`);
    this.lifetime = lifetimes(options);
    this.memory = new MemoryLevel(options.maxEntries ?? 10_000);
  }

  /** Values in memory. */
  get size(): number {
    return this.memory.size;
  }

  /**
   * The value, loaded when it is not there: once for all who ask, in all processes. Undefined when there is none.
   * @throws what `load` throws, unless an older value may be shown; Overloaded when Redis is away and too many load
   */
  get(key: string, load: Load<T>, options?: GetOptions): Promise<T | undefined> {
    if (!this.surroundings.isOn) return this.loadOnly(load);
    if (options?.fresh) return this.invalidate(key).then(() => this.get(key, load));
    const entry = this.memory.get(shortened(key));
    if (entry !== undefined) {
      const now = performance.now();
      if (now < entry.freshUntil) {
        this.counts.memory++;
        return entry.answer;
      }
      if (now < entry.staleUntil) {
        this.counts.stale++;
        if (now >= entry.retryAt) {
          entry.retryAt = now + RETRY_MS;
          this.fly(key, load, true).catch(() => undefined); // the log has it
        }
        return entry.answer;
      }
    }
    return this.fly(key, load);
  }

  /**
   * The value if it is fresh in memory, at once: for a path on which even a settled promise shows. Undefined says nothing of whether there
   * is one: then ask `get`.
   */
  peek(key: string): T | undefined {
    if (!this.surroundings.isOn) return undefined;
    const entry = this.memory.get(shortened(key));
    if (entry?.value === undefined || performance.now() >= entry.freshUntil) return undefined;
    this.counts.memory++;
    return entry.value;
  }

  /** What was loaded before is not shown any more, here at once and elsewhere within moments, and no load that began before is stored. */
  invalidate(...keys: string[]): Promise<void> {
    return this.surroundings.invalidate(keys.map((key) => `k:${this.id(key)}`));
  }

  /**
   * Writes through: `write` changes the source, commits and answers with the value, which readers then get without a load. It is not stored
   * when others wrote meanwhile. Also one that fails, or whose process dies, leaves no older value behind.
   * @throws what `write` throws
   */
  async put<Written extends T | undefined>(key: string, write: () => Promise<Written>): Promise<Written> {
    const { redis } = this.surroundings;
    const id = this.id(key);
    const claim = await redis.beginWrite(id);
    this.forget(key);
    let entry: Entry | undefined;
    try {
      const value = await write();
      entry = this.entry(key, value);
      return value;
    } finally {
      // Whatever has happened: also a commit whose answer was lost may have been one.
      const ended = claim && (await redis.endWrite(id, claim, entry));
      if (ended === undefined) await this.invalidate(key);
      this.forget(key);
    }
  }

  /** What an invalidation means for this process. */
  forget(key: string): void {
    const known = shortened(key);
    this.memory.delete(known);
    this.detach(known);
  }

  forgetTag(tag: string): void {
    if (!this.options.tags) return;
    this.memory.deleteTagged(tag);
    for (const key of [...this.flights.keys()]) this.detach(key); // their tags are known when they have landed
  }

  forgetAll(): void {
    this.memory.clear();
    for (const key of [...this.flights.keys()]) this.detach(key);
  }

  /** Nobody says any more what changes elsewhere. */
  isolate(): void {
    this.memory.trustUntil(performance.now() + this.surroundings.aloneMs);
  }

  private async loadOnly(load: Load<T>): Promise<T | undefined> {
    this.counts.loads++;
    return decoded<T>(encoded(await withoutDeadline(load)));
  }

  private detach(key: string): void {
    const flight = this.flights.get(key);
    if (!flight) return;
    flight.isCurrent = false;
    this.flights.delete(key);
  }

  private id(key: string): string {
    return `${this.options.name}:${shortened(key)}`;
  }

  private fly(asked: string, load: Load<T>, inBackground = false): Promise<T | undefined> {
    const key = shortened(asked);
    const flown = this.flights.get(key);
    if (flown) {
      this.counts.waits++;
      return flown.answer;
    }
    const flight = { isCurrent: true, inBackground } as Flight<T>;
    this.flights.set(key, flight);
    flight.answer = this.answer(key, load, flight);
    flight.answer.catch(() => undefined); // whoever waits for it hears of it
    return flight.answer;
  }

  /** Who asks when it has ended does not join it any more. */
  private async answer(key: string, load: Load<T>, flight: Flight<T>): Promise<T | undefined> {
    const land = () => {
      if (this.flights.get(key) === flight) this.flights.delete(key);
    };
    try {
      return await this.find(key, load, flight);
    } finally {
      if (flight.rest) void flight.rest.then(land);
      else land();
    }
  }

  private async find(key: string, load: Load<T>, flight: Flight<T>): Promise<T | undefined> {
    const { redis } = this.surroundings;
    const id = this.id(key);
    const began = performance.now();
    while (redis.isUp) {
      const found = await redis.read(id, this.options.tags !== undefined).catch(() => undefined);
      if (!found) break;
      const { state, claim, text, left, tags } = found;
      const known = text === undefined ? undefined : { text, life: left, tags };
      if (state === 'fresh') {
        this.counts.redis++;
        return this.keep(key, known!, flight);
      }
      if (state === 'stale') {
        if (!flight.inBackground) this.counts.stale++;
        return this.keep(key, known!, flight, POLL_MS);
      }
      if (state === 'yours') {
        const loading = this.load(key, load, flight, claim!, left.stale > 0);
        if (!known) return loading;
        if (left.stale <= 0) return this.orOutdated(key, loading, flight, this.inMemory(known));
        flight.rest = loading.catch((error: unknown) =>
          this.logger.warn(`A stale ${id} stays as it is: ${say(error)}`),
        );
        if (!flight.inBackground) this.counts.stale++;
        return this.keep(key, known, flight, RETRY_MS);
      }
      if (known && performance.now() - began > PATIENCE_MS) return this.outdated(key, flight, this.inMemory(known));
      this.counts.waits++;
      await redis.news(id, POLL_MS);
    }
    return this.loadAlone(key, load, flight);
  }

  /** With the lock for it. */
  private async load(key: string, load: Load<T>, flight: Flight<T>, claim: Claim, isShown: boolean) {
    const { redis } = this.surroundings;
    const id = this.id(key);
    const release = redis.hold(id, claim);
    try {
      this.counts.loads++;
      const entry = this.entry(key, await withoutDeadline(load));
      release();
      const since = performance.now();
      const isStored = await redis.write(id, claim, entry);
      if (isStored === false) this.counts.refused++;
      if (isStored ?? !redis.isUp)
        return this.keep(key, { ...entry, life: after(entry.life, performance.now() - since) }, flight);
      return decoded<T>(entry.text);
    } catch (error) {
      redis.giveBack(id, claim.owner, isShown ? RETRY_MS : 0);
      throw error;
    } finally {
      release();
    }
  }

  /** Redis is away: nobody can say who else loads, so that each process loads little at a time. */
  private async loadAlone(key: string, load: Load<T>, flight: Flight<T>): Promise<T | undefined> {
    const loading = withoutDeadline(() =>
      this.surroundings.alone(async () => {
        this.counts.loads++;
        return load();
      }),
    ).then((value) => this.keep(key, this.entry(key, value), flight));
    const known = this.memory.get(key);
    return known && performance.now() < known.lastUntil ? this.orOutdated(key, loading, flight, known) : loading;
  }

  /** What is loaded; what was known when that fails or takes its time, and then goes on behind. */
  private async orOutdated(
    key: string,
    loading: Promise<T | undefined>,
    flight: Flight<T>,
    known: MemoryEntry<T>,
  ): Promise<T | undefined> {
    let loaded: { value: T | undefined } | undefined;
    flight.rest = loading.then(
      (value) => (loaded = { value }),
      (error: unknown) => this.logger.warn(`${this.id(key)} is shown although it is outdated: ${say(error)}`),
    );
    const isOver = new AbortController();
    const tooLong = delay(PATIENCE_MS, undefined, { signal: isOver.signal }).catch(() => undefined);
    await Promise.race([flight.rest, tooLong]);
    isOver.abort();
    return loaded ? loaded.value : this.outdated(key, flight, known);
  }

  /** Shows what was known, and from now on for a while at once. */
  private outdated(key: string, flight: Flight<T>, known: MemoryEntry<T>): Promise<T | undefined> {
    if (!flight.inBackground) this.counts.stale++;
    const now = performance.now();
    known.staleUntil = Math.min(known.lastUntil, now + SPARED_MS);
    known.retryAt = now + RETRY_MS;
    if (flight.isCurrent) this.memory.set(key, known);
    return known.answer;
  }

  /** @throws RangeError when a tag is none; TypeError when JSON cannot tell the value */
  private entry(key: string, value: T | undefined): Entry {
    const tags = keptTags(this.options.tags?.(value, key) ?? []);
    return { text: encoded(value), life: this.lifetime(value !== undefined), tags };
  }

  /** Into memory, unless it was invalidated since. */
  private keep(key: string, entry: Entry, flight: Flight<T>, retryMs = 0): T | undefined {
    const kept = this.inMemory(entry, retryMs);
    if (flight.isCurrent && entry.life.last > 0) this.memory.set(key, kept);
    return kept.value;
  }

  private inMemory({ text, life, tags }: Entry, retryMs = 0): MemoryEntry<T> {
    const value = decoded<T>(text);
    const now = performance.now();
    const longest = this.surroundings.redis.isUp ? Infinity : this.surroundings.aloneMs;
    return {
      value,
      answer: Promise.resolve(value),
      freshUntil: now + Math.min(life.fresh, longest),
      staleUntil: now + Math.min(life.stale, longest),
      lastUntil: now + life.last,
      retryAt: now + retryMs,
      tags,
      size: text.length,
    };
  }
}
