import { GraphQLError } from 'graphql';

export interface ProblemExtensions {
  readonly code: string;
  readonly status: number;
  readonly errors?: unknown;
}

/** The parts of a problem, as `toProblem` of the HTTP door makes them of any error. */
interface Problem extends ProblemExtensions {
  readonly title: string;
  readonly detail?: string | undefined;
}

const BAD_REQUEST = { code: 'http.bad-request', status: 400 };
const OURS = { code: 'http.internal-server-error', status: 500 };

export interface FormattedError {
  readonly message: string;
  readonly path?: GraphQLError['path'];
  readonly locations?: GraphQLError['locations'];
  readonly extensions: ProblemExtensions;
}

/**
 * An error as it leaves: its `code` is that of REST, and nothing but what is meant for clients leaves with it. What nobody foresaw is
 * handed to `report` and leaves as a bare 500.
 */
export function formatError(
  error: GraphQLError,
  toProblem: (error: unknown) => Problem,
  report: (error: unknown) => void,
): FormattedError[] {
  const causes = causesOf(error);
  return causes.map((cause) => {
    const { path, locations } = error;
    const at = { ...(locations && { locations }), ...(path && { path }) };
    if (!(cause instanceof GraphQLError)) {
      const { title, detail, code, status, errors } = toProblem(cause);
      report(cause);
      return { message: detail ?? title, ...at, extensions: { code, status, ...(errors !== undefined && { errors }) } };
    }
    const { code, status, errors } = cause.extensions as Partial<ProblemExtensions>;
    if (typeof code === 'string' && typeof status === 'number')
      return { message: cause.message, ...at, extensions: { code, status, ...(errors !== undefined && { errors }) } };
    if (!path) return { message: cause.message, ...at, extensions: BAD_REQUEST };
    report(cause);
    return { message: 'Internal Server Error', ...at, extensions: OURS };
  });
}

/** Stitching wraps what a service said, and several of them into one. */
function causesOf(error: Error & { originalError?: unknown; errors?: unknown }): Error[] {
  if (Array.isArray(error.errors) && error.errors.length > 0) return error.errors.flatMap(causesOf);
  if (error.originalError instanceof Error) return causesOf(error.originalError);
  return [error];
}
