import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map } from 'rxjs';
import { ANSWER, type Answer } from './answers.decorator.ts';
import { formatEtag, matches } from './etag.ts';
import type { IdempotentRequest } from './idempotent-request.ts';

type IncomingRequest = FastifyRequest & { idempotent?: IdempotentRequest };

/**
 * What every answer of a route passes on its way out: the schema that it declares, the headers that follow from it, its ETag. One
 * interceptor and no promise for all of it, because Nest's price is by the interceptor: docs/patterns/reading-a-profile.md.
 */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler) {
    const answer = this.reflector.get<Answer | undefined>(ANSWER, context.getHandler());
    if (!answer || context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<IncomingRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((given: unknown) => {
        // Only what the schema names leaves; what does not fit it is our mistake, a 500.
        const body: unknown = answer.schema ? answer.schema.parse(given) : given;
        setHeaders(answer, body, request, reply);
        return answer.etag ? tagged(body as { version?: number }, request, reply) : body;
      }),
    );
  }
}

/** Location of a create, `Link: rel="next"` of a page (RFC 8288), Idempotent-Replayed. */
function setHeaders({ location }: Answer, body: unknown, request: IncomingRequest, reply: FastifyReply): void {
  if (location) reply.header('Location', encodeURI(location(body as never)));
  const cursor = (body as { nextCursor?: string | null } | undefined)?.nextCursor;
  if (cursor) {
    const next = `<${withCursor(request.url, cursor)}>; rel="next"`;
    const others = reply.getHeader('Link'); // of a route that is @Deprecated
    reply.header('Link', others ? `${others as string}, ${next}` : next);
  }
  if (request.idempotent?.replayed) reply.header('Idempotent-Replayed', 'true');
}

function withCursor(path: string, cursor: string): string {
  const url = new URL(path, 'http://service');
  url.searchParams.set('cursor', cursor);
  return url.pathname + url.search;
}

/** Sets the ETag and answers 304 when the client has it already (RFC 9110, sections 8.8.3 and 13.1.2). */
function tagged(body: { version?: number }, request: FastifyRequest, reply: FastifyReply): string | undefined {
  const json = JSON.stringify(body);
  const etag = formatEtag(json, body.version);
  reply.header('ETag', etag);
  if (request.method === 'GET' && matches(request.headers['if-none-match'], etag)) return void reply.status(304);
  reply.type('application/json; charset=utf-8');
  return json; // it is made already: Fastify need not make it a second time
}
