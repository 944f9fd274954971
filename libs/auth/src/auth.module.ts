import { Module, type DynamicModule, type InjectionToken, type ModuleMetadata } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { z } from 'zod';
import { STREAM_ADMISSION, type StreamAdmission } from '@cairn/service/stream';
import { AccessGuard } from './access.guard.ts';
import { AUTH_OPTIONS, type AuthConfigSchema, type AuthOptions } from './auth.options.ts';
import { bearerToken } from './bearer-token.ts';
import { JWKS_SOURCE, jwksAt, type JwksSource } from './jwks.client.ts';
import { JwksDependency } from './jwks.dependency.ts';
import { RevocationFeed } from './revocation-feed.service.ts';
import { TokenVerifier } from './token-verifier.service.ts';

export interface AuthModuleOptions {
  /** This service's name: the audience of the tokens with which other services call it. */
  readonly service?: string;
  /** Where the keys come from if not from JWKS_URL: a provider that is a JwksSource, and the modules that export it. */
  readonly keys?: { imports: ModuleMetadata['imports']; source: InjectionToken<JwksSource> };
  /** As AuthOptions has it. */
  readonly isVital?: boolean;
}

/** Guards every route of the application: each says by decorator who may call it. */
@Module({})
export class AuthModule {
  static forRoot(
    config: z.infer<typeof AuthConfigSchema>,
    { service, keys, isVital = true }: AuthModuleOptions = {},
  ): DynamicModule {
    const options: AuthOptions = {
      issuer: config.TOKEN_ISSUER,
      audience: config.TOKEN_AUDIENCE,
      service,
      redisUrl: config.REDIS_URL,
      maxTokenSeconds: config.TOKEN_MAX_SECONDS,
      isVital,
    };
    return {
      module: AuthModule,
      global: true, // a socket and the issuer ask it too
      imports: keys?.imports ?? [],
      providers: [
        { provide: AUTH_OPTIONS, useValue: options },
        keys
          ? { provide: JWKS_SOURCE, useExisting: keys.source }
          : { provide: JWKS_SOURCE, useValue: jwksAt(config.JWKS_URL) },
        RevocationFeed,
        TokenVerifier,
        ...(keys ? [] : [JwksDependency]), // the issuer's own need no fetching
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: STREAM_ADMISSION, useFactory: streamAdmission, inject: [TokenVerifier] },
      ],
      exports: [TokenVerifier, RevocationFeed, STREAM_ADMISSION],
    };
  }
}

/** A stream that was opened without a token has none that could run out. */
const streamAdmission =
  (tokens: TokenVerifier): StreamAdmission =>
  async (request) => {
    const token = bearerToken(request);
    return token === undefined || tokens.admits(token);
  };
