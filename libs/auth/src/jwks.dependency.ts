import { Dependency, type DependencyProvider } from '@cairn/service/health';
import { Inject, Injectable } from '@nestjs/common';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.ts';
import { TokenVerifier } from './token-verifier.service.ts';

/** The issuer's keys. Once they have been fetched the last copy holds while the issuer is away. */
@Dependency({ name: 'jwks', required: true })
@Injectable()
export class JwksDependency implements DependencyProvider {
  constructor(
    private readonly tokens: TokenVerifier,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  get required(): boolean {
    return this.options.isVital !== false && !this.tokens.jwks.isKnown;
  }

  check(): Promise<void> {
    return this.tokens.jwks.check();
  }
}
