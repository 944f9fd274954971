import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { catchError } from 'rxjs';
import { TooManyLogins } from './login-attempts.errors.ts';

/** Names the limit that a 429 has reached (draft-ietf-httpapi-ratelimit-headers). */
@Injectable()
export class LoginLimitInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(
      catchError((error: unknown) => {
        if (error instanceof TooManyLogins && error.limit) {
          const { name, points, windowSeconds, resetSeconds } = error.limit;
          context
            .switchToHttp()
            .getResponse<FastifyReply>()
            .header('RateLimit-Policy', `"${name}";q=${points};w=${windowSeconds}`)
            .header('RateLimit', `"${name}";r=0;t=${resetSeconds}`);
        }
        throw error;
      }),
    );
  }
}
