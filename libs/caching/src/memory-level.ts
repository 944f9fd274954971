import { LRUCache } from 'lru-cache';

/** A value in memory. Times are milliseconds of the monotonic clock. */
export interface MemoryEntry<T> {
  readonly value: T | undefined;
  /** Of the same, settled: a hit makes no promise. */
  readonly answer: Promise<T | undefined>;
  freshUntil: number;
  /** Until then it is shown while it is loaded anew. */
  staleUntil: number;
  /** Until then it is shown when loading fails. */
  readonly lastUntil: number;
  /** Until then a stale one is not asked for again. */
  retryAt: number;
  readonly tags: readonly string[];
  /** In characters of JSON. */
  readonly size: number;
}

/** Characters of JSON that one definition keeps. */
const LONGEST_CHARACTERS = 32 * 1024 * 1024;

/** The first level: the values that were used last, found by their tags too. */
export class MemoryLevel<T> {
  private readonly entries: LRUCache<string, MemoryEntry<T>> | undefined;
  private readonly keysByTag = new Map<string, Set<string>>();

  /** @param maxEntries 0: nothing is kept */
  constructor(maxEntries: number) {
    if (maxEntries === 0) return;
    this.entries = new LRUCache({
      max: maxEntries,
      maxSize: LONGEST_CHARACTERS,
      dispose: (entry, key) => this.untag(key, entry.tags),
    });
  }

  get size(): number {
    return this.entries?.size ?? 0;
  }

  get(key: string): MemoryEntry<T> | undefined {
    return this.entries?.get(key);
  }

  set(key: string, entry: MemoryEntry<T>): void {
    if (!this.entries) return;
    this.entries.set(key, entry, { size: entry.size + key.length + 1 });
    if (!this.entries.has(key)) return; // larger than all there is
    for (const tag of entry.tags) {
      const keys = this.keysByTag.get(tag);
      if (keys) keys.add(key);
      else this.keysByTag.set(tag, new Set([key]));
    }
  }

  delete(key: string): void {
    this.entries?.delete(key);
  }

  deleteTagged(tag: string): void {
    for (const key of [...(this.keysByTag.get(tag) ?? [])]) this.delete(key);
  }

  clear(): void {
    this.entries?.clear();
  }

  /** Nothing is fresh or merely stale after this time: nobody would say when it changes. */
  trustUntil(time: number): void {
    for (const entry of this.entries?.values() ?? []) {
      entry.freshUntil = Math.min(entry.freshUntil, time);
      entry.staleUntil = Math.min(entry.staleUntil, time);
    }
  }

  private untag(key: string, tags: readonly string[]): void {
    for (const tag of tags) {
      const keys = this.keysByTag.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.keysByTag.delete(tag);
    }
  }
}
