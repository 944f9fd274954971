/** What went wrong in the words of the domain. The HTTP filter alone knows which status belongs to which kind. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'stale'
  | 'precondition-missing'
  | 'unavailable';

export interface Problem {
  /** Stable, listed in docs/errors.md: `<service>.<what-happened>`. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** One sentence that is the same for every occurrence (RFC 9457, section 3.1.3). */
  readonly title: string;
}

export class DomainError extends Error {
  constructor(
    readonly problem: Problem,
    detail = problem.title,
  ) {
    super(detail);
    this.name = new.target.name;
  }
}

export interface DomainErrorClass {
  readonly problem: Problem;
  new (detail?: string): DomainError;
}

/** Declares an error: `class PostNotFound extends problem({ code, kind, title }) {}`. */
export function problem(problem: Problem): DomainErrorClass {
  return class extends DomainError {
    static readonly problem = problem;
    constructor(detail?: string) {
      super(problem, detail);
    }
  };
}
