import { z } from 'zod';
import type { ErrorKind } from './domain-error.ts';

export const statusOf: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  stale: 412,
  'precondition-missing': 428,
  unavailable: 503,
};

/** RFC 9457, with `code`, `requestId` and, for invalid input, `errors`. */
export const ProblemDetailsSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'ProblemDetails' });
export type ProblemDetails = z.infer<typeof ProblemDetailsSchema>;

export class InvalidInput extends Error {
  constructor(readonly errors: { path: string; message: string }[]) {
    super('The request is invalid');
  }
}
