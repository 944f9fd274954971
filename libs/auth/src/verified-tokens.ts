import { hash } from 'node:crypto';
import type { Verified } from './claims.ts';

export interface RememberedToken extends Verified {
  /** The key that signed it: once the issuer has withdrawn that, the token is no longer good. */
  readonly kid: string;
}

/**
 * Tokens that have been verified, by their SHA-256 (a memory dump shows no token), least recently used first out. Verifying an ES256
 * signature costs more than the rest of a request.
 */
export class VerifiedTokens {
  private readonly entries = new Map<string, RememberedToken>();

  constructor(private readonly capacity = 10_000) {}

  get(token: string, now = Date.now()): RememberedToken | undefined {
    const key = digest(token);
    const verified = this.entries.get(key);
    if (!verified) return undefined;
    this.entries.delete(key);
    if (verified.expiresAt <= now) return undefined;
    this.entries.set(key, verified); // a Map keeps the order of insertion: now the youngest
    return verified;
  }

  add(token: string, verified: RememberedToken): void {
    this.entries.set(digest(token), verified);
    if (this.entries.size > this.capacity) this.entries.delete(this.entries.keys().next().value!);
  }

  /** Forgets one that was revoked. */
  delete(token: string): void {
    this.entries.delete(digest(token));
  }
}

const digest = (token: string) => hash('sha256', token, 'base64');
