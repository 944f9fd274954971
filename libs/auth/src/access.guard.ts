import { ForbiddenException, Injectable, UnauthorizedException, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { ACCESS, type Access } from './access.ts';
import type { Principal } from './principal.ts';

interface IncomingRequest {
  headers: Record<string, string | undefined>;
  user?: Principal;
}

/** The request behind a REST route or a GraphQL field. */
export function requestOf(context: ExecutionContext): IncomingRequest {
  if (context.getType<string>() !== 'graphql') return context.switchToHttp().getRequest();
  return context.getArgByIndex<{ reply: { request: IncomingRequest } }>(2).reply.request;
}

/** Every route declares its access; one that does not is refused, so that a forgotten decorator cannot open a door. */
@Injectable()
export class AccessGuard extends AuthGuard('jwt') {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!access)
      throw new ForbiddenException(`${context.getClass().name}.${context.getHandler().name} declares no access`);
    const request = requestOf(context);
    if (access.kind === 'public' && !request.headers.authorization) return true;
    await super.canActivate(context);
    if (access.kind === 'roles' && !access.roles.some((role) => request.user?.roles.includes(role)))
      throw new ForbiddenException();
    return true;
  }

  override getRequest(context: ExecutionContext) {
    return requestOf(context);
  }

  override handleRequest<T>(error: unknown, user: T): T {
    if (error) throw error;
    if (!user) throw new UnauthorizedException('The access token is missing, expired or not valid here');
    return user;
  }
}
