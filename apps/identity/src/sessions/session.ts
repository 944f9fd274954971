export type Rotation = 'rotated' | 'repeated' | 'reused' | 'invalid';

/**
 * A sign-in on one device, with its chain of refresh tokens, kept as hashes. Each token is used once; the last one before the
 * current may be repeated for a short grace, because an honest client may not have received the answer (RFC 9700, section 4.14.2).
 */
export class Session {
  id: string;
  userId: string;
  currentHash: Buffer;
  previousHash: Buffer | null;
  rotatedAt: Date | null;
  revokedAt: Date | null;
  createdAt: Date;

  static start(id: string, userId: string, tokenHash: Buffer, now: Date): Session {
    return Object.assign(new Session(), {
      id,
      userId,
      currentHash: tokenHash,
      previousHash: null,
      rotatedAt: null,
      revokedAt: null,
      createdAt: now,
    });
  }

  /** What the use of a token means; a token older than the grace allows revokes the session. */
  rotate(presented: Buffer, successor: Buffer, graceSeconds: number, now: Date): Rotation {
    if (this.revokedAt) return 'invalid';
    if (this.currentHash.equals(presented)) {
      this.previousHash = this.currentHash;
      this.currentHash = successor;
      this.rotatedAt = now;
      return 'rotated';
    }
    const inGrace = this.rotatedAt !== null && now.getTime() - this.rotatedAt.getTime() <= graceSeconds * 1000;
    if (inGrace && this.previousHash?.equals(presented)) return 'repeated';
    this.revokedAt = now;
    return 'reused';
  }
}
