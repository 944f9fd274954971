import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { CONFIG, type Config } from '../config.ts';
import { SigningKeys } from '../keys/signing-keys.service.ts';
import { toUserView } from '../users/user.dto.ts';
import type { User } from '../users/user.ts';
import type { Tokens } from './session.dto.ts';

/**
 * A refresh token is `<session id>.<secret>`. The next secret is an HMAC of the one before: a retry within the grace gets the same
 * successor although only hashes are stored, and who steals the table learns no token.
 */
@Injectable()
export class TokensService {
  constructor(
    private readonly keys: SigningKeys,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  firstSecret = () => randomBytes(32).toString('base64url');
  nextSecret = (secret: string) =>
    createHmac('sha256', this.config.KEY_ENCRYPTION_SECRET).update(`refresh:${secret}`).digest('base64url');
  hash = (secret: string) => createHash('sha256').update(secret).digest();

  parse(refreshToken: string): { sessionId: string; secret: string } | undefined {
    const [sessionId = '', secret = ''] = refreshToken.split('.');
    return /^[0-9a-f-]{36}$/.test(sessionId) && secret ? { sessionId, secret } : undefined;
  }

  async issue(user: User, sessionId: string, secret: string): Promise<Tokens> {
    const { kid, privateKey } = await this.keys.signingKey();
    const accessToken = await new SignJWT({ sid: sessionId, roles: user.roles, ver: user.tokenVersion })
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
      .setIssuer(this.config.TOKEN_ISSUER)
      .setAudience(this.config.TOKEN_AUDIENCE)
      .setSubject(user.id)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${this.config.ACCESS_TOKEN_SECONDS}s`)
      .sign(privateKey);
    return {
      accessToken,
      refreshToken: `${sessionId}.${secret}`,
      expiresIn: this.config.ACCESS_TOKEN_SECONDS,
      user: toUserView(user),
    };
  }
}
