import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { z } from 'zod';
import { AccessGuard } from './access.guard.ts';
import { AUTH_OPTIONS, type AuthConfigSchema, type AuthOptions } from './auth.options.ts';
import { JwtStrategy } from './jwt.strategy.ts';

@Module({})
export class AuthModule {
  static forRoot(config: z.infer<typeof AuthConfigSchema>): DynamicModule {
    const options: AuthOptions = {
      jwksUrl: config.JWKS_URL,
      issuer: config.TOKEN_ISSUER,
      audience: config.TOKEN_AUDIENCE,
    };
    return {
      module: AuthModule,
      providers: [
        { provide: AUTH_OPTIONS, useValue: options },
        JwtStrategy,
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
    };
  }
}
