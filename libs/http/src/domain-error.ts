/** What went wrong in the words of the domain. The HTTP filter alone knows which status belongs to which kind. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'gone'
  | 'conflict'
  | 'stale'
  | 'precondition-missing'
  | 'key-reused'
  | 'too-many'
  | 'unavailable'
  | 'unknown-outcome'
  | 'too-late'
  | 'failed';

export interface Problem {
  /** Stable, listed in docs/errors.md: `<service>.<what-happened>`. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** One sentence that is the same for every occurrence (RFC 9457, section 3.1.3). */
  readonly title: string;
}

/** A limit that was reached. */
export interface RateLimit {
  /** Of the policy, as clients may know it. */
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
  /** Until something is allowed again. */
  readonly resetSeconds: number;
}

export interface Occurrence {
  /** Seconds after which the same request may succeed: leaves as Retry-After. */
  readonly retryAfter?: number;
  /** Leaves as RateLimit-Policy, RateLimit and, unless `retryAfter` says another time, Retry-After. */
  readonly limit?: RateLimit;
}

export class DomainError extends Error {
  readonly retryAfter: number | undefined;
  readonly limit: RateLimit | undefined;

  constructor(
    readonly problem: Problem,
    detail = problem.title,
    { limit, retryAfter = limit?.resetSeconds }: Occurrence = {},
  ) {
    super(detail);
    this.name = new.target.name;
    this.retryAfter = retryAfter;
    this.limit = limit;
  }
}

export interface DomainErrorClass {
  readonly problem: Problem;
  new (detail?: string, occurrence?: Occurrence): DomainError;
}

/** Declares an error: `class PostNotFound extends problem({ code, kind, title }) {}`. */
export function problem(problem: Problem): DomainErrorClass {
  return class extends DomainError {
    static readonly problem = problem;
    constructor(detail?: string, occurrence?: Occurrence) {
      super(problem, detail, occurrence);
    }
  };
}
