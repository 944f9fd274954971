import {
  ForbiddenException,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { ACCESS, type Access } from './access.ts';
import { identifyCaller } from '@cairn/observability';
import { bearerToken, noBearerToken } from './bearer-token.ts';
import type { CallingService, Principal } from './principal.ts';
import { TokenVerifier } from './token-verifier.service.ts';

type IncomingRequest = Pick<FastifyRequest, 'headers' | 'raw'> & {
  user?: Principal | CallingService;
  /** On its way: the fields of a GraphQL request ask at the same time, and one answer is enough. */
  verifying?: ReturnType<TokenVerifier['verify']>;
};

/** The request behind a REST route or a GraphQL field. */
export function requestOf(context: ExecutionContext): IncomingRequest {
  if (context.getType<string>() !== 'graphql') return context.switchToHttp().getRequest();
  const args = context.getArgs<{ reply: { request: IncomingRequest } }[]>();
  return args.at(args.length === 3 ? 1 : 2)!.reply.request; // a reference by id has no arguments between it and the context
}

/** Every route declares its access; one that does not is refused, so that a forgotten decorator cannot open a door. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokenVerifier,
  ) {}

  /** @throws UnauthorizedException, ForbiddenException, KeysUnavailable */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!access)
      throw new ForbiddenException(`${context.getClass().name}.${context.getHandler().name} declares no access`);
    const request = requestOf(context);
    if (access.kind === 'public' && (access.token === 'ignored' || request.headers.authorization === undefined))
      return true;
    if (!request.user) {
      request.verifying ??= this.tokens.verify(tokenOf(request));
      request.user = (await request.verifying).caller;
      identifyCaller('id' in request.user ? request.user.id : request.user.service);
    }
    return allow(access, request.user);
  }
}

/** A token is good for the kind of caller that it was made for, never for the other. */
function allow(access: Access, caller: Principal | CallingService): true {
  const wanted = access.kind === 'services' ? 'service' in caller : !('service' in caller);
  if (!wanted) throw new UnauthorizedException('This kind of token is not accepted here');
  const allowed =
    (access.kind !== 'roles' || access.roles.some((role) => (caller as Principal).roles.includes(role))) &&
    (access.kind !== 'services' || access.services.includes((caller as CallingService).service));
  if (!allowed) throw new ForbiddenException();
  return true;
}

/** @throws UnauthorizedException */
function tokenOf({ raw }: IncomingRequest): string {
  const token = bearerToken(raw);
  if (token === undefined) throw noBearerToken(raw);
  return token;
}
