import { counter, gauge } from '@cairn/observability';
import { boundedQueue } from '@cairn/resilience';
import { Dependency, type DependencyProvider } from '@cairn/service/health';
import { Inject, Injectable } from '@nestjs/common';
import { Cached, type CachedOptions } from './cached.ts';
import { ALONE_QUEUE_PER_LOAD, CACHING_OPTIONS, type CachingOptions } from './caching.options.ts';
import { keptTags } from './json-value.ts';
import { RedisLevel } from './redis-level.client.ts';

type Counts = Cached<unknown>['counts'];

/** What a service caches: in memory, and in Redis for all its instances. Without Redis it goes on with memory and the source. */
@Dependency({ name: 'cache', required: false })
@Injectable()
export class Cache implements DependencyProvider {
  private readonly kinds = new Map<string, Cached<unknown>>();
  private readonly redis: RedisLevel;
  private readonly alone: <T>(load: () => Promise<T>) => Promise<T>;

  constructor(@Inject(CACHING_OPTIONS) private readonly options: CachingOptions) {
    this.redis = new RedisLevel(options, {
      invalidated: (items) => this.forget(items),
      lost: () => this.each((kind) => kind.isolate()),
      back: () => this.each((kind) => kind.forgetAll()),
    });
    const concurrency = options.CACHE_ALONE_LOADS;
    this.alone = boundedQueue({ concurrency, queue: concurrency * ALONE_QUEUE_PER_LOAD });
  }

  /** @throws RangeError when the options make no cache, Error when there are values of this name already */
  define<T>(options: CachedOptions<T>): Cached<T> {
    if (this.kinds.has(options.name)) throw new Error(`Values called ${options.name} are defined twice`);
    const kind = new Cached<T>(options, {
      isOn: this.options.CACHE === 'on',
      redis: this.redis,
      alone: this.alone,
      aloneMs: this.options.CACHE_ALONE_MS,
      invalidate: (items) => this.invalidate(items),
    });
    this.kinds.set(options.name, kind as unknown as Cached<unknown>);
    return kind;
  }

  /** All values with one of these tags, of whatever name. @throws RangeError when one is no tag */
  async invalidateTags(tags: readonly string[]): Promise<void> {
    await this.invalidate(keptTags(tags).map((tag) => `t:${tag}`));
  }

  async open(): Promise<void> {
    this.showMetrics();
    await this.redis.open();
  }

  async close(): Promise<void> {
    this.redis.close();
  }

  /** @throws Error when values are cached by this process alone */
  async check(): Promise<void> {
    if (!this.redis.isUp) throw new Error('Redis does not answer: values are cached by each instance alone');
  }

  /** Resolves when it holds for whoever asks afterwards in this process, and in others as soon as they have heard of it. */
  private async invalidate(items: readonly string[]): Promise<void> {
    if (items.length === 0) return;
    await this.redis.invalidate(items);
    this.forget(items);
  }

  private forget(items: readonly string[]): void {
    for (const item of items) {
      if (item === '*') this.each((kind) => kind.forgetAll());
      else if (item.startsWith('t:')) this.each((kind) => kind.forgetTag(item.slice(2)));
      else {
        const colon = item.indexOf(':', 2);
        this.kinds.get(item.slice(2, colon))?.forget(item.slice(colon + 1));
      }
    }
  }

  private each(act: (kind: Cached<unknown>) => void): void {
    for (const kind of this.kinds.values()) act(kind);
  }

  private showMetrics(): void {
    const counted = (name: `${string}_total`, what: keyof Counts, help: string) =>
      counter(name, { help, label: 'cache', read: () => this.byName(({ counts }) => counts[what]) });
    counted('cache_memory_hits_total', 'memory', 'Values that were fresh in memory');
    counted('cache_redis_hits_total', 'redis', 'Values that were fresh in Redis');
    counted('cache_stale_served_total', 'stale', 'Values shown although they were no longer fresh');
    counted('cache_loads_total', 'loads', 'Loads from the source');
    counted('cache_waits_total', 'waits', 'Waits for a load of somebody else, in this process or another');
    counted('cache_refused_writes_total', 'refused', 'Loaded values that were invalidated before they could be stored');
    gauge('cache_memory_entries', { help: 'Values in memory', label: 'cache', read: () => this.byName(({ size }) => size) }); // prettier-ignore
    gauge('cache_redis_up', { help: '1 while Redis answers in time', read: () => (this.redis.isUp ? 1 : 0) });
    gauge('cache_invalidations_pending', {
      help: 'Invalidations that Redis has not been told yet',
      read: () => this.redis.pendingInvalidations,
    });
  }

  private byName(figure: (kind: Cached<unknown>) => number): Record<string, number> {
    return Object.fromEntries([...this.kinds].map(([name, kind]) => [name, figure(kind)]));
  }
}
