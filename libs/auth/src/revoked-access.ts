import type { Verified } from './claims.ts';
import { OUTLIVES_TOKENS_SECONDS } from './token-life.ts';

/** One thing that ends access tokens before they expire. `until` is when the last token that it concerns has expired, in ms since 1970. */
export type Revocation =
  | { readonly kind: 'session'; readonly sessionId: string; readonly until: number }
  | { readonly kind: 'user'; readonly userId: string; readonly minTokenVersion: number; readonly until: number };

/** How long one is kept at least, whatever the wall clock says. */
const KEPT_MS = (OUTLIVES_TOKENS_SECONDS + 60) * 1_000;
/** More than the tolerance with which a token's times are read. */
const MARGIN_MS = 60_000;

/** Milliseconds: of the wall, which somebody may set, and of the process, which only goes on. */
export interface Clocks {
  readonly wall: number;
  readonly monotonic: number;
}
const clocks = (): Clocks => ({ wall: Date.now(), monotonic: performance.now() });

interface Kept {
  until: number;
  /** On the monotonic clock. */
  keptUntil: number;
  minTokenVersion: number;
}

/** The revocations in force. Adding is idempotent and order does not matter, so that a stream may be read again from its start. */
export class RevokedAccess {
  private readonly sessions = new Map<string, Kept>();
  private readonly users = new Map<string, Kept>();

  add(revocation: Revocation, { monotonic } = clocks()): void {
    const [map, id, minTokenVersion] =
      revocation.kind === 'session'
        ? [this.sessions, revocation.sessionId, 0]
        : [this.users, revocation.userId, revocation.minTokenVersion];
    const known = map.get(id);
    map.set(id, {
      until: Math.max(revocation.until, known?.until ?? 0),
      keptUntil: monotonic + KEPT_MS,
      minTokenVersion: Math.max(minTokenVersion, known?.minTokenVersion ?? 0),
    });
  }

  covers({ caller, tokenVersion }: Verified): boolean {
    if ('service' in caller) return false; // lives five minutes and has no session
    return this.sessions.has(caller.sessionId) || tokenVersion < (this.users.get(caller.id)?.minTokenVersion ?? 0);
  }

  /** Forgets what concerns only tokens that have expired: when both clocks say so, as one that was set forward may be set back. */
  purge({ wall, monotonic } = clocks()): void {
    for (const map of [this.sessions, this.users])
      for (const [id, { until, keptUntil }] of map)
        if (keptUntil < monotonic && until + MARGIN_MS < wall) map.delete(id);
  }

  get size(): number {
    return this.sessions.size + this.users.size;
  }
}
