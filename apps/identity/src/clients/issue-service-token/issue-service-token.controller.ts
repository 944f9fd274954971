import { Internal, Public } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Body, Controller, Header, Headers, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { InvalidClient } from '../client.errors.ts';
import {
  ServiceTokenRequestSchema,
  ServiceTokenSchema,
  type ServiceToken,
  type ServiceTokenRequest,
} from './issue-service-token.dto.ts';
import { IssueServiceTokenHandler } from './issue-service-token.handler.ts';

/** For services only: the gateway does not route /internal. */
@Controller('internal/v1/tokens')
export class IssueServiceTokenController {
  constructor(private readonly issueServiceToken: IssueServiceTokenHandler) {}

  @Post()
  @RouteConfig({ forms: true }) // RFC 6749, section 4.4.2
  @Internal()
  @Public({ token: 'ignored' }) // the client proves itself by HTTP Basic
  @Header('Cache-Control', 'no-store')
  @Answers({ ok: ServiceTokenSchema, errors: [InvalidClient] })
  issue(
    @Headers('authorization') authorization: string | undefined,
    @Body({ schema: ServiceTokenRequestSchema }) { audience }: ServiceTokenRequest,
  ): Promise<ServiceToken> {
    return this.issueServiceToken.execute(basicCredentials(authorization), audience);
  }
}

/** RFC 6749, section 2.3.1: both are form-encoded before they are joined. */
function basicCredentials(header = ''): { id: string; secret: string } | undefined {
  const encoded = /^basic +([\w+/-]+=*)$/i.exec(header)?.[1] ?? '';
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  try {
    return id && secret ? { id: decode(id), secret: decode(secret) } : undefined;
  } catch {
    return undefined;
  }
}

const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
