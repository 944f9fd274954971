import { ACCESS_TOKEN_TYPE } from '@cairn/auth';
import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { CONFIG, type Config } from '../config.ts';
import { SigningKeys } from '../keys/signing-keys.service.ts';
import { toUserView } from '../users/user.dto.ts';
import type { User } from '../users/user.ts';
import { RefreshTokens, type RefreshToken } from './refresh-tokens.service.ts';

/** Signs access tokens (RFC 9068). `ver` is the user's token version: they end when a higher one is published. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly keys: SigningKeys,
    private readonly refreshTokens: RefreshTokens,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** What a client is given when it signs in or refreshes. */
  async issue(user: User, refreshToken: RefreshToken) {
    const { kid, privateKey } = await this.keys.signer();
    const accessToken = await new SignJWT({
      sid: refreshToken.sessionId,
      roles: user.roles,
      ver: user.tokenVersion,
    })
      .setProtectedHeader({ alg: 'ES256', kid, typ: ACCESS_TOKEN_TYPE })
      .setIssuer(this.config.TOKEN_ISSUER)
      .setAudience(this.config.TOKEN_AUDIENCE)
      .setSubject(user.id)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${this.config.ACCESS_TOKEN_SECONDS}s`)
      .sign(privateKey);
    return {
      accessToken,
      refreshToken: this.refreshTokens.write(refreshToken),
      expiresIn: this.config.ACCESS_TOKEN_SECONDS,
      user: toUserView(user),
    };
  }
}

export type Tokens = Awaited<ReturnType<AccessTokens['issue']>>;
