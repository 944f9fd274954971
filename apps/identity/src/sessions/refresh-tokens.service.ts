import { Inject, Injectable } from '@nestjs/common';
import { createHash, createHmac, createSecretKey, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { CONFIG, type Config } from '../config.ts';
import { derivedKey } from '../keys/derived-key.ts';
import type { TokenTrace } from './session.ts';

export interface RefreshToken {
  readonly sessionId: string;
  readonly generation: number;
  /** 32 bytes. */
  readonly secret: Buffer;
}

const SECRET_BYTES = 32;
const TAG_BYTES = 16;
const FORM = /^(?<sessionId>[0-9a-f-]{36})\.(?<generation>\d{1,9})\.(?<rest>[\w-]{64})$/;

/**
 * A refresh token is `<session>.<generation>.<secret and tag>`. The tag, an HMAC over the rest, says that it was once issued here: a
 * made-up one is known before the database is asked. The first secret is random and each next one an HMAC of the one before, so that
 * a retry within the grace gets the same successor although only hashes are stored. See docs/adr/0010-refresh-tokens.md.
 */
@Injectable()
export class RefreshTokens {
  private readonly key: KeyObject; // made once: it is looked at again for every HMAC

  constructor(@Inject(CONFIG) config: Config) {
    this.key = createSecretKey(derivedKey(config.KEY_ENCRYPTION_SECRET, 'refresh tokens'));
  }

  first(sessionId: string): RefreshToken {
    return { sessionId, generation: 0, secret: randomBytes(SECRET_BYTES) };
  }

  next({ sessionId, generation, secret }: RefreshToken): RefreshToken {
    return { sessionId, generation: generation + 1, secret: this.hmac('next', sessionId, secret) };
  }

  /** What the session keeps of it. */
  trace({ generation, secret }: RefreshToken): TokenTrace {
    return { generation, hash: createHash('sha256').update(secret).digest() };
  }

  write(token: RefreshToken): string {
    const rest = Buffer.concat([token.secret, this.tag(token)]).toString('base64url');
    return `${token.sessionId}.${token.generation}.${rest}`;
  }

  /** Undefined when it was not issued here. */
  read(text: string): RefreshToken | undefined {
    const { sessionId, generation, rest } = FORM.exec(text)?.groups ?? {};
    if (!sessionId || !rest) return undefined;
    const bytes = Buffer.from(rest, 'base64url');
    const token = { sessionId, generation: Number(generation), secret: bytes.subarray(0, SECRET_BYTES) };
    return timingSafeEqual(bytes.subarray(SECRET_BYTES), this.tag(token)) ? token : undefined;
  }

  private tag({ sessionId, generation, secret }: RefreshToken): Buffer {
    return this.hmac('tag', `${sessionId}.${generation}`, secret).subarray(0, TAG_BYTES);
  }

  private hmac(purpose: string, subject: string, secret: Buffer): Buffer {
    return createHmac('sha256', this.key).update(`${purpose}:${subject}:`).update(secret).digest();
  }
}
