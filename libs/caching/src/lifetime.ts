/** For how long a value is fresh, then shown while it is loaded anew, then shown when that fails: milliseconds from now, each includes the one before. */
export interface Lifetime {
  readonly fresh: number;
  readonly stale: number;
  readonly last: number;
}

/** What is left of it after so many milliseconds. */
export const after = ({ fresh, stale, last }: Lifetime, ms: number): Lifetime => ({
  fresh: fresh - ms,
  stale: stale - ms,
  last: last - ms,
});

/** A load that takes longer is not stored: Redis remembers for so long that its key was invalidated. */
export const LONGEST_LOAD_MS = 30_000;
/** So long Redis remembers that a tag was invalidated; nothing is kept for longer. */
export const LONGEST_LIFE_MS = 24 * 60 * 60_000;

/** Up to this part of a lifetime is left out, by chance: what was loaded together is not loaded again together. */
const JITTER = 0.1;

export interface LifetimeOptions {
  /** For how long a value is fresh, in milliseconds; up to a tenth less. */
  readonly ttlMs: number;
  /** For how long after that it is shown while it is loaded anew (RFC 5861, section 3). 0: not at all. */
  readonly staleMs?: number;
  /** For how long after that it is shown when loading fails, or takes longer than a moment (RFC 5861, section 4). 0: not at all. */
  readonly staleIfErrorMs?: number;
  /** For how long it is known that there is no value: that `load` answered undefined. 0: that is not kept. */
  readonly negativeTtlMs?: number;
}

/** @throws RangeError when a figure makes no lifetime */
export function lifetimes(options: LifetimeOptions): (isThere: boolean) => Lifetime {
  const { ttlMs, staleMs = 0, staleIfErrorMs = 0, negativeTtlMs = 0 } = options;
  const all = [ttlMs, staleMs, staleIfErrorMs, negativeTtlMs];
  if (all.some((ms) => !(ms >= 0)) || ttlMs === 0 || ttlMs + staleMs + staleIfErrorMs > LONGEST_LIFE_MS)
    throw new RangeError(`A value lives for more than 0 and at most ${LONGEST_LIFE_MS} ms`);
  return (isThere) => {
    const fresh = Math.round((isThere ? ttlMs : negativeTtlMs) * (1 - JITTER * Math.random()));
    if (!isThere) return { fresh, stale: fresh, last: fresh };
    return { fresh, stale: fresh + staleMs, last: fresh + staleMs + staleIfErrorMs };
  };
}
