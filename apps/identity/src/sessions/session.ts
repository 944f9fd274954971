/** What the use of a refresh token means. */
export type Rotation = 'rotated' | 'repeated' | 'reused' | 'invalid';

/** Why a session ended. */
export type EndingReason = 'log-out' | 'token-reuse' | 'password-change' | 'suspension' | 'deletion';

/** The client as it shows itself, when it signs in and at each refresh. */
export interface Device {
  address: string;
  /** User-Agent, empty when it sends none. */
  agent: string;
}

/** A refresh token as the session keeps it. */
export interface TokenTrace {
  readonly generation: number;
  readonly hash: Buffer;
}

/** In seconds. */
export interface SessionLife {
  /** How long after its rotation the last token may be repeated. */
  readonly grace: number;
  /** Without a refresh. */
  readonly idle: number;
  /** From the sign-in, whatever happens. */
  readonly absolute: number;
}

/**
 * A sign-in on one device, with its chain of refresh tokens, kept as hashes. Each token is used once; the last one before the
 * current may be repeated for a short grace, because an honest client may not have received the answer (RFC 9700, section 4.14.2).
 */
export class Session implements Device {
  id: string;
  userId: string;
  /** How often the refresh token was rotated. */
  generation: number;
  currentHash: Buffer;
  previousHash: Buffer | null;
  rotatedAt: Date | null;
  /** Where the sign-in came from: what counts as a known place. */
  network: string;
  address: string;
  agent: string;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  endedReason: EndingReason | null;

  static start(
    given: Pick<Session, 'id' | 'userId' | 'network' | 'address' | 'agent'> & { token: TokenTrace },
    life: SessionLife,
    now: Date,
  ): Session {
    const { token, ...rest } = given;
    return Object.assign(new Session(), {
      ...rest,
      generation: token.generation,
      currentHash: token.hash,
      previousHash: null,
      rotatedAt: null,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: later(now, Math.min(life.idle, life.absolute)),
      endedAt: null,
      endedReason: null,
    });
  }

  /** `presented` was once issued for this session: a made-up token never comes here. One older than the grace allows ends the session. */
  rotate(presented: TokenTrace, successor: TokenTrace, device: Device, life: SessionLife, now: Date): Rotation {
    if (this.endedAt || this.expiresAt <= now) return 'invalid';
    if (this.currentHash.equals(presented.hash)) {
      this.previousHash = this.currentHash;
      this.currentHash = successor.hash;
      this.generation = successor.generation;
      this.rotatedAt = now;
      this.used(device, life, now);
      return 'rotated';
    }
    if (presented.generation >= this.generation) return 'invalid'; // the database is older than the token: a backup was restored
    const inGrace = this.rotatedAt !== null && now <= later(this.rotatedAt, life.grace);
    if (inGrace && this.previousHash?.equals(presented.hash)) return 'repeated';
    this.endedAt = now;
    this.endedReason = 'token-reuse';
    return 'reused';
  }

  private used({ address, agent }: Device, { idle, absolute }: SessionLife, now: Date): void {
    this.address = address;
    this.agent = agent;
    this.lastUsedAt = now;
    this.expiresAt = new Date(Math.min(later(now, idle).getTime(), later(this.createdAt, absolute).getTime()));
  }
}

const later = (time: Date, seconds: number) => new Date(time.getTime() + seconds * 1_000);
