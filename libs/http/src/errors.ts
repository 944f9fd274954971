/* The framework-free half of this library: what `*.errors.ts` and pure code may import. */
export {
  DomainError,
  problem,
  type DomainErrorClass,
  type ErrorKind,
  type Occurrence,
  type Problem,
  type RateLimit,
} from './domain-error.ts';
export type { IdempotentRequest } from './idempotent-request.ts';
export {
  DeadlineExceeded,
  IdempotencyKeyInFlight,
  IdempotencyKeyReused,
  PreconditionRequired,
  Stale,
} from './request.errors.ts';
