import { ACCESS_TOKEN_TYPE } from '@cairn/auth';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import { signJwt } from '../keys/sign-jwt.ts';
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
    const claims = {
      sid: refreshToken.sessionId,
      roles: user.roles,
      ver: user.tokenVersion,
      iss: this.config.TOKEN_ISSUER,
      aud: this.config.TOKEN_AUDIENCE,
      sub: user.id,
    };
    const signer = await this.keys.signer();
    const accessToken = signJwt(claims, ACCESS_TOKEN_TYPE, this.config.ACCESS_TOKEN_SECONDS, signer);
    return {
      accessToken,
      refreshToken: this.refreshTokens.write(refreshToken),
      expiresIn: this.config.ACCESS_TOKEN_SECONDS,
      user: toUserView(user),
    };
  }
}

export type Tokens = Awaited<ReturnType<AccessTokens['issue']>>;
