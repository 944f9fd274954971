import type { Lifetime } from './lifetime.ts';
import type { Moment } from './redis-scripts.ts';

/** What was found in Redis; of a value that may be shown no longer nothing is told. */
export interface Found {
  readonly state: 'fresh' | 'stale' | 'yours' | 'theirs';
  /** JSON; empty for one that is not there; undefined when nothing is known. */
  readonly text: string | undefined;
  /** Milliseconds that are left, 0 or less when they are over. */
  readonly left: Lifetime;
  readonly tags: readonly string[];
  /** Names this load, when it is ours. */
  readonly claim?: Claim;
}

/** The right to load or to write, and when it began. */
export interface Claim {
  readonly owner: string;
  readonly began: Moment;
}

export interface Entry {
  readonly text: string;
  readonly life: Lifetime;
  readonly tags: readonly string[];
}

const HEAD = /^(\S+) \d+ (\d+) (\d+) (\d+)\n\n\n/;

/** An entry without tags as read.lua describes it, if it is fresh by Redis' time `now`; else there is more to ask. */
export function freshEntry(entry: string, clock: string, now: number): Found | undefined {
  const [head, epoch, fresh, stale, last] = HEAD.exec(entry) ?? [];
  if (head === undefined || !clock.startsWith(`${epoch} `) || Number(fresh) <= now) return undefined;
  const left = { fresh: Number(fresh) - now, stale: Number(stale) - now, last: Number(last) - now };
  return { state: 'fresh', text: entry.slice(head.length), left, tags: [] };
}
