import { z } from 'zod';
import type { ErrorKind } from './domain-error.ts';

export const statusOf: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  gone: 410,
  conflict: 409,
  stale: 412,
  'precondition-missing': 428,
  'key-reused': 422,
  'too-many': 429,
  unavailable: 503,
  'unknown-outcome': 502,
  'too-late': 504,
  failed: 500,
};

/** RFC 9457, with `code`, `requestId` and, for invalid input, `errors`. */
export const ProblemDetailsSchema = z
  .object({
    type: z.string().meta({ description: 'Where the error is explained: a URL, relative to the address of the API' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string().meta({ description: 'Stable: what a program may branch on' }),
    requestId: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'For invalid input: each wrong field' }),
  })
  .meta({
    id: 'ProblemDetails',
    examples: [
      {
        type: '/docs/errors#request.invalid',
        title: 'The request is invalid',
        status: 400,
        code: 'request.invalid',
        requestId: '0b5f0ac8-6f0d-4f0e-9d5c-2f7b1e6a3c11',
        errors: [{ path: 'title', message: 'Too small: expected string to have >=1 characters' }],
      },
    ],
  });
export type ProblemDetails = z.infer<typeof ProblemDetailsSchema>;

export class InvalidInput extends Error {
  constructor(readonly errors: { path: string; message: string }[]) {
    super('The request is invalid');
  }
}
