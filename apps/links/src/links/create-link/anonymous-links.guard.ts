import { Inject, Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { LINKS_OPTIONS, type LinksOptions } from '../links.options.ts';

/** Strangers make links where the operator lets them; elsewhere they are told so before anything that they sent is looked at. */
@Injectable()
export class AnonymousLinksGuard implements CanActivate {
  constructor(@Inject(LINKS_OPTIONS) private readonly options: LinksOptions) {}

  /** @throws UnauthorizedException */
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<{ user?: object }>();
    if (!user && !this.options.anonymous)
      throw new UnauthorizedException('The access token is missing: send Authorization: Bearer <token>');
    return true;
  }
}
