/**
 * A map of at most `limit` entries. What has not been asked for in a long while goes first: there are two generations, what is asked
 * for belongs to the younger, and when that is full it takes the place of the older, which is dropped. One look-up costs one `get`.
 */
export class RecentMap<K, V> {
  private young = new Map<K, V>();
  private old = new Map<K, V>();

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.young.size + this.old.size;
  }

  get(key: K): V | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const found = this.old.get(key);
    if (found === undefined) return undefined;
    this.old.delete(key);
    this.set(key, found);
    return found;
  }

  set(key: K, value: V): void {
    if (this.young.size >= this.limit / 2) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }
}
