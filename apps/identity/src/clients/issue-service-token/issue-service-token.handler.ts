import { ACCESS_TOKEN_TYPE } from '@cairn/auth';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.ts';
import { signJwt } from '../../keys/sign-jwt.ts';
import { SigningKeys } from '../../keys/signing-keys.service.ts';
import { InvalidClient } from '../client.errors.ts';
import { ServiceClients } from '../service-clients.service.ts';
import type { ServiceToken } from './issue-service-token.dto.ts';

/** Short, because it cannot be revoked. */
const LIFE_SECONDS = 300;

@Injectable()
export class IssueServiceTokenHandler {
  constructor(
    private readonly clients: ServiceClients,
    private readonly keys: SigningKeys,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** A token with which one service calls one other (RFC 6749, section 4.4; RFC 9068). @throws InvalidClient */
  async execute(client: { id: string; secret: string } | undefined, audience: string): Promise<ServiceToken> {
    if (!client || !this.clients.isAuthentic(client.id, client.secret)) throw new InvalidClient();
    const claims = { client_id: client.id, iss: this.config.TOKEN_ISSUER, aud: audience, sub: client.id };
    const token = signJwt(claims, ACCESS_TOKEN_TYPE, LIFE_SECONDS, await this.keys.signer());
    return { access_token: token, token_type: 'Bearer', expires_in: LIFE_SECONDS };
  }
}
