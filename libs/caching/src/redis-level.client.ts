import { randomUUID } from 'node:crypto';
import type { CachingOptions } from './caching.options.ts';
import { BatchedReads } from './batched-reads.ts';
import { after, LONGEST_LIFE_MS, LONGEST_LOAD_MS } from './lifetime.ts';
import { freshEntry, type Claim, type Entry, type Found } from './redis-entry.ts';
import { RedisLink } from './redis-link.client.ts';
import type { Moment } from './redis-scripts.ts';

/** How long the lock of a load outlives its holder. */
const LEASE_MS = 2_000;
/** Invalidations that wait for Redis; of more it is told to forget everything. */
const MOST_PENDING = 10_000;
const ITEMS_AT_ONCE = 500;

export interface RedisEvents {
  /** `k:` and an id, `t:` and a tag, or `*`. */
  invalidated(items: readonly string[]): void;
  /** Nobody will say what changes from now on. */
  lost(): void;
  /** From now on they do: what was kept before is not to be trusted. */
  back(): void;
}

const STATES = ['fresh', 'stale', 'yours', 'theirs'] as const;

/** The second level, which all instances share, and their news of each other. Invalidations that Redis could not be told are kept, and told first. */
export class RedisLevel {
  private readonly process = randomUUID();
  private readonly prefix: string;
  private readonly channel: string;
  private readonly leaseMs: number;
  private readonly link: RedisLink;
  private readonly redis;
  private readonly reads: BatchedReads;
  /** What to add to the monotonic clock to have Redis' time in milliseconds; learnt with every beat. */
  private ahead = 0;
  private readonly waiting = new Map<string, Set<() => void>>();
  private readonly pending = new Set<string>();
  private owners = 0;

  constructor(
    options: CachingOptions,
    private readonly events: RedisEvents,
  ) {
    this.leaseMs = options.leaseMs ?? LEASE_MS;
    this.prefix = `cache:${options.namespace}:`;
    this.link = new RedisLink(options, `${this.prefix}news`, {
      heard: (message) => this.hear(JSON.parse(message) as string[]),
      greet: () => this.tellPending(),
      isGreeted: () => this.pending.size === 0,
      lost: () => events.lost(),
      failed: () => this.wakeAll(),
      back: () => events.back(),
    });
    this.redis = this.link.redis;
    this.channel = this.link.channel;
    this.reads = new BatchedReads(`${this.prefix}clock`, (keys) => this.link.inTime(this.redis.mget(keys)));
  }

  get isUp(): boolean {
    return this.link.isUp;
  }

  /** Invalidations that Redis has not been told yet. */
  get pendingInvalidations(): number {
    return this.pending.size;
  }

  /** Does not fail: it goes on trying. */
  open(): Promise<void> {
    return this.link.open();
  }

  close(): void {
    this.link.close();
    this.wakeAll();
  }

  /**
   * @param isTagged such an entry has to be compared with its tags
   * @throws Error when there is no answer in time; nobody is to ask again until `isUp`
   */
  async read(id: string, isTagged: boolean): Promise<Found> {
    if (!isTagged) {
      // What is asked for most is the cheapest question: is it there, and fresh?
      const [clock, entry] = await this.reads.read(`${this.prefix}entry:${id}`);
      const found = entry && clock && freshEntry(entry, clock, performance.now() + this.ahead);
      if (found) return found;
    }
    const owner = `${this.process}:${++this.owners}`;
    const since = performance.now();
    const asked = this.redis.readEntry(this.prefix, id, owner, this.leaseMs);
    const late = ([state]: [number, ...unknown[]]) => state === 2 && this.giveBack(id, owner); // nobody loads for it any more
    const [state, text, fresh, stale, last, tags, ...began] = await this.link.inTime(asked, late);
    return {
      state: STATES[state]!,
      text: last > 0 ? text : undefined,
      left: after({ fresh, stale, last }, performance.now() - since), // at least so long ago Redis said it
      tags: tags === '' ? [] : tags.split('\n'),
      claim: { owner, began },
    };
  }

  /** Whether it may be shown to others; undefined when Redis is away. */
  write(id: string, { owner, began }: Claim, { text, life, tags }: Entry): Promise<boolean | undefined> {
    const { fresh, stale, last } = life;
    const since = [...began, LONGEST_LOAD_MS] as const;
    return this.told(() =>
      this.redis.writeEntry(this.prefix, id, owner, ...since, text, fresh, stale, last, tags.join('\n'), this.channel),
    );
  }

  /** Tells all instances. Kept for later when Redis is away. Never rejects. */
  async invalidate(items: readonly string[]): Promise<void> {
    for (let from = 0; from < items.length; from += ITEMS_AT_ONCE) {
      const some = items.slice(from, from + ITEMS_AT_ONCE);
      if (!this.isUp || !(await this.send(some).then(() => true, () => false))) this.keep(some); // prettier-ignore
    }
  }

  /** From now on nobody stores what he loads for this key, until the write has ended. Undefined when Redis is away. */
  async beginWrite(id: string): Promise<Claim | undefined> {
    if (!this.isUp) return undefined;
    const owner = `${this.process}:${++this.owners}`;
    const began = await this.send([`k:${id}`], owner).catch(() => undefined);
    return began && { owner, began };
  }

  /** Stores what was written, or with no entry ends the write. Undefined when Redis is away: then it has still to be invalidated. */
  endWrite(id: string, { owner, began }: Claim, entry?: Entry): Promise<boolean | undefined> {
    const { text, life, tags } = entry ?? { text: '', life: { fresh: 0, stale: 0, last: 0 }, tags: [] };
    const { fresh, stale, last } = life;
    const since = [...began, LONGEST_LOAD_MS] as const;
    const news = [this.channel, randomUUID(), this.process] as const;
    return this.told(() =>
      this.redis.endWrite(this.prefix, id, owner, ...since, text, fresh, stale, last, tags.join('\n'), ...news),
    );
  }

  /** Renews the lock of a load for as long as that may take, so that its lease can be short. Answers how to stop that. */
  hold(id: string, { owner }: Claim): () => void {
    const until = performance.now() + LONGEST_LOAD_MS;
    const renew = setInterval(() => {
      if (performance.now() > until) clearInterval(renew);
      else if (this.isUp)
        this.redis.keepLock(this.prefix, id, owner, this.leaseMs, this.channel).catch(() => undefined);
    }, this.leaseMs / 4).unref();
    return () => clearInterval(renew);
  }

  /** @param restMs nobody tries to load again for so long */
  giveBack(id: string, owner: string, restMs = 0): void {
    if (this.redis.status === 'ready')
      this.redis.keepLock(this.prefix, id, owner, restMs, this.channel).catch(() => undefined); // its lease ends
  }

  /** Resolves when somebody else's load of it has ended, it was invalidated or so many milliseconds have passed. */
  news(id: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        if (waking.delete(wake) && waking.size === 0) this.waiting.delete(id);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      const waking = this.waiting.get(id) ?? new Set();
      this.waiting.set(id, waking.add(wake));
    });
  }

  private keep(items: readonly string[]): void {
    for (const item of items) this.pending.add(item);
    if (this.pending.size <= MOST_PENDING) return;
    this.pending.clear();
    this.pending.add('*');
  }

  private hear([what, who, ...items]: string[]): void {
    if (what === 'woken') return this.wake(items[0]!);
    if (who === this.process) return; // done when Redis answered
    this.events.invalidated(items);
    for (const item of items) if (item.startsWith('k:')) this.wake(item.slice(2));
  }

  private wake(id: string): void {
    for (const wake of [...(this.waiting.get(id) ?? [])]) wake();
  }

  private wakeAll(): void {
    for (const id of [...this.waiting.keys()]) this.wake(id);
  }

  private async send(items: readonly string[], writer = ''): Promise<Moment> {
    const { prefix, channel, process } = this;
    const memory = [LONGEST_LOAD_MS, LONGEST_LIFE_MS + LONGEST_LOAD_MS] as const;
    const since = performance.now();
    const moment = await this.link.inTime(
      this.redis.invalidate(prefix, channel, randomUUID(), ...memory, process, writer, ...items),
    );
    this.ahead = moment[2] - since; // a little too much, so that nothing is taken for fresh that is not
    return moment;
  }

  private async told(ask: () => Promise<number>): Promise<boolean | undefined> {
    if (!this.isUp) return undefined;
    return this.link.inTime(ask()).then((done) => done === 1, () => undefined); // prettier-ignore
  }

  /** Also when there is nothing: a Redis that answers PING may still refuse to write. */
  private async tellPending(): Promise<void> {
    const items = [...this.pending].slice(0, ITEMS_AT_ONCE);
    for (const item of items) this.pending.delete(item); // what comes while it is told has to be told again
    try {
      await this.send(items);
    } catch (error) {
      this.keep(items);
      throw error;
    }
  }
}
