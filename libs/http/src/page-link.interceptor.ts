import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map } from 'rxjs';

/** Repeats `nextCursor` as `Link: <…>; rel="next"` (RFC 8288). */
@Injectable()
export class PageLinkInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    if (context.getType() !== 'http') return next.handle();
    return next.handle().pipe(
      map((body: unknown) => {
        const cursor = (body as { nextCursor?: string | null } | undefined)?.nextCursor;
        if (cursor) {
          const url = new URL(context.switchToHttp().getRequest<FastifyRequest>().url, 'http://service');
          url.searchParams.set('cursor', cursor);
          context
            .switchToHttp()
            .getResponse<FastifyReply>()
            .header('Link', `<${url.pathname}${url.search}>; rel="next"`);
        }
        return body;
      }),
    );
  }
}
