import { noBearerToken } from '@cairn/auth';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LINKS_OPTIONS, type LinksOptions } from '../links.options.ts';

/** Strangers make links where the operator lets them; elsewhere they are told so before anything that they sent is looked at. */
@Injectable()
export class AnonymousLinksGuard implements CanActivate {
  constructor(@Inject(LINKS_OPTIONS) private readonly options: LinksOptions) {}

  /** @throws UnauthorizedException */
  canActivate(context: ExecutionContext): boolean {
    const { user, raw } = context.switchToHttp().getRequest<FastifyRequest & { user?: object }>();
    if (!user && !this.options.anonymous) throw noBearerToken(raw);
    return true;
  }
}
