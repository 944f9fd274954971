import { Dependency, type DependencyProvider } from '@cairn/service/health';
import { Injectable } from '@nestjs/common';
import { TokenVerifier } from './token-verifier.service.ts';

/** The issuer's keys. Once they have been fetched the last copy holds while the issuer is away. */
@Dependency({ name: 'jwks', required: true })
@Injectable()
export class JwksDependency implements DependencyProvider {
  constructor(private readonly tokens: TokenVerifier) {}

  get required(): boolean {
    return !this.tokens.jwks.isKnown;
  }

  check(): Promise<void> {
    return this.tokens.jwks.check();
  }
}
