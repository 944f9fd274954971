import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map } from 'rxjs';
import { LOCATION } from './answers.decorator.ts';
import type { IdempotentRequest } from './idempotent-request.ts';

/** The headers that follow from an answer: Location of a create, `Link: rel="next"` of a page (RFC 8288), Idempotent-Replayed. */
@Injectable()
export class AnswerHeadersInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler) {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest & { idempotent?: IdempotentRequest }>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const location = this.reflector.get<((body: unknown) => string) | undefined>(LOCATION, context.getHandler());
    return next.handle().pipe(
      map((body: unknown) => {
        if (location) reply.header('Location', encodeURI(location(body)));
        const cursor = (body as { nextCursor?: string | null } | undefined)?.nextCursor;
        if (cursor) reply.header('Link', `<${withCursor(request.url, cursor)}>; rel="next"`);
        if (request.idempotent?.replayed) reply.header('Idempotent-Replayed', 'true');
        return body;
      }),
    );
  }
}

function withCursor(path: string, cursor: string): string {
  const url = new URL(path, 'http://service');
  url.searchParams.set('cursor', cursor);
  return url.pathname + url.search;
}
