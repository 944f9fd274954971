import type { Verified } from './claims.ts';

/** One thing that ends access tokens before they expire. `until` is when the last token that it concerns has expired, in ms since 1970. */
export type Revocation =
  | { readonly kind: 'session'; readonly sessionId: string; readonly until: number }
  | { readonly kind: 'user'; readonly userId: string; readonly minTokenVersion: number; readonly until: number };

/** The revocations in force. Adding is idempotent and order does not matter, so that a stream may be read again from its start. */
export class RevokedAccess {
  private readonly sessions = new Map<string, number>();
  private readonly users = new Map<string, { minTokenVersion: number; until: number }>();

  add(revocation: Revocation): void {
    if (revocation.kind === 'session') {
      this.sessions.set(revocation.sessionId, Math.max(revocation.until, this.sessions.get(revocation.sessionId) ?? 0));
      return;
    }
    const known = this.users.get(revocation.userId) ?? { minTokenVersion: 0, until: 0 };
    this.users.set(revocation.userId, {
      minTokenVersion: Math.max(revocation.minTokenVersion, known.minTokenVersion),
      until: Math.max(revocation.until, known.until),
    });
  }

  covers({ caller, tokenVersion }: Verified): boolean {
    if ('service' in caller) return false; // lives five minutes and has no session
    return this.sessions.has(caller.sessionId) || tokenVersion < (this.users.get(caller.id)?.minTokenVersion ?? 0);
  }

  /** Forgets what concerns only tokens that have expired. */
  purge(now = Date.now()): void {
    for (const [id, until] of this.sessions) if (until < now) this.sessions.delete(id);
    for (const [id, { until }] of this.users) if (until < now) this.users.delete(id);
  }

  get size(): number {
    return this.sessions.size + this.users.size;
  }
}
