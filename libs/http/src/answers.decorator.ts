import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { DomainErrorClass } from './domain-error.ts';
import { ProblemDetailsSchema, statusOf } from './problem-details.ts';

const header = (description: string) => ({ schema: { type: 'string' as const }, description });

/** draft-ietf-httpapi-ratelimit-headers */
const LIMIT_HEADERS = {
  'RateLimit-Policy': header('The limit that was reached: `"<name>";q=<quota>;w=<window in seconds>`'),
  RateLimit: header('`"<name>";r=0;t=<seconds until something is allowed again>`'),
  'Retry-After': header('Seconds to wait'),
};

export const ANSWER = 'cairn:answer';

/** What AnswerInterceptor does to what a route answers. */
export interface Answer {
  readonly schema: z.ZodType | undefined;
  readonly location: ((body: never) => string) | undefined;
  readonly etag: boolean;
}

export interface AnswersOptions<Created extends z.ZodType = z.ZodType> {
  readonly ok?: z.ZodType;
  /** Media types of an answer that is no JSON: the handler sends it by itself. */
  readonly content?: readonly string[];
  readonly created?: Created;
  /** 202: it is durable, and done in a moment. */
  readonly accepted?: z.ZodType;
  /** The path of what was created. */
  readonly location?: (body: z.output<Created>) => string;
  /** It leaves with an ETag, and If-None-Match is honoured. */
  readonly etag?: boolean;
  /** It may throw MovedPermanently. */
  readonly moved?: boolean;
  readonly errors?: readonly DomainErrorClass[];
}

/** What a route answers: its status, its body (serialised through the schema) and its errors, for the runtime and for OpenAPI. */
export function Answers<Created extends z.ZodType>(options: AnswersOptions<Created>): MethodDecorator {
  const { ok, content, created, accepted, location, etag = false, moved = false, errors = [] } = options;
  const status = created ? 201 : accepted ? 202 : ok || content ? 200 : 204;
  const schema = created ?? accepted ?? ok;
  const headers = {
    ...(etag && { ETag: header('`"<version>-<digest>"`, for If-Match and If-None-Match') }),
    ...(location && { Location: header('The path of what was created') }),
  };
  const byStatus = Map.groupBy(errors, (error) => statusOf[error.problem.kind]);
  return applyDecorators(
    HttpCode(status),
    SetMetadata(ANSWER, { schema, location, etag } satisfies Answer),
    ApiResponse({
      ...{ status, description: 'Success', headers },
      ...(schema && { standardSchema: schema }),
      ...(content && { content: Object.fromEntries(content.map((type) => [type, { schema: { type: 'string' } }])) }),
    }),
    ...(moved
      ? [ApiResponse({ status: 301, description: 'Moved', headers: { Location: header('Where it is now') } })]
      : []),
    ...[...byStatus].map(([errorStatus, those]) =>
      ApiResponse({
        status: errorStatus,
        description: those.map(({ problem }) => `\`${problem.code}\`: ${problem.title}`).join('; '),
        standardSchema: ProblemDetailsSchema,
        ...(errorStatus === 429 && { headers: LIMIT_HEADERS }),
      }),
    ),
  );
}
