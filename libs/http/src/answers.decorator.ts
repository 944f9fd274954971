import { applyDecorators, HttpCode, SerializeOptions, SetMetadata } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { DomainErrorClass } from './domain-error.ts';
import { ProblemDetailsSchema, statusOf } from './problem-details.ts';

export const VERSIONED = 'cairn:versioned';

export interface AnswersOptions {
  readonly ok?: z.ZodType;
  readonly created?: z.ZodType;
  /** The body has a `version`: it leaves as ETag, and If-None-Match is honoured. */
  readonly etag?: boolean;
  readonly errors?: readonly DomainErrorClass[];
}

/** What a route answers: its status, its body (serialised through the schema) and its errors, for the runtime and for OpenAPI. */
export function Answers({ ok, created, etag = false, errors = [] }: AnswersOptions): MethodDecorator {
  const status = created ? 201 : ok ? 200 : 204;
  const schema = created ?? ok;
  const etagHeader = {
    ETag: { schema: { type: 'string' as const }, description: 'The version of the resource, for If-Match' },
  };
  const byStatus = Map.groupBy(errors, (error) => statusOf[error.problem.kind]);
  return applyDecorators(
    HttpCode(status),
    SetMetadata(VERSIONED, etag),
    ApiResponse({
      status,
      description: 'Success',
      ...(schema && { standardSchema: schema }),
      ...(etag && { headers: etagHeader }),
    }),
    ...(schema ? [SerializeOptions({ schema })] : []),
    ...[...byStatus].map(([errorStatus, those]) =>
      ApiResponse({
        status: errorStatus,
        description: those.map(({ problem }) => `\`${problem.code}\`: ${problem.title}`).join('; '),
        standardSchema: ProblemDetailsSchema,
      }),
    ),
  );
}
