import { TokenVerifier } from '@cairn/auth';
import { HttpException, Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Config, RouteClass } from '../config.ts';
import type { Exchange } from './exchange.ts';

/** Whether a route wants a token, as the service that owns it declares. `unknown` is for the service to say. */
export type TokenUse = 'required' | 'verified' | 'ignored' | 'unknown';

/** Who may go on: a token that comes along is good, and nobody asks for more than their share. */
@Injectable()
export class Admission {
  constructor(
    @Inject('config') private readonly config: Config,
    private readonly tokens: TokenVerifier,
  ) {}

  classNamed(name: string): RouteClass {
    return this.config.ROUTE_CLASSES[name]!;
  }

  /** @throws UnauthorizedException, KeysUnavailable, RevocationsUnknown; TooManyRequests; 413 for a body that says it is too large */
  async admit(exchange: Exchange, routeClass: string, use: TokenUse = 'verified'): Promise<void> {
    const { request } = exchange;
    const { authorization } = request.headers;
    if (authorization !== undefined && use !== 'ignored') await this.identify(exchange, authorization);
    else if (use === 'required') throw new UnauthorizedException('The access token is missing: send Authorization: Bearer <token>'); // prettier-ignore
    const { maxBody } = this.classNamed(routeClass);
    if (Number(request.headers['content-length'] ?? 0) > maxBody)
      throw new HttpException(`A body may have at most ${maxBody} bytes here`, 413);
  }

  private async identify(exchange: Exchange, authorization: string): Promise<void> {
    const token = bearerToken(exchange, authorization);
    const { caller } = await this.tokens.verify(token);
    if ('service' in caller) throw new UnauthorizedException('This kind of token is not accepted here');
    exchange.userId = caller.id;
  }
}

/** RFC 6750, section 2.1. @throws UnauthorizedException */
function bearerToken({ request }: Exchange, authorization: string): string {
  if ((request.headersDistinct.authorization?.length ?? 0) > 1)
    throw new UnauthorizedException('There is more than one Authorization header');
  const token = /^bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
  if (!token) throw new UnauthorizedException('The access token is missing: send Authorization: Bearer <token>');
  return token;
}
