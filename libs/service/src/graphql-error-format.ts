import { logProblem, toProblem } from '@cairn/http';
import { GraphQLError } from 'graphql';
import { isTooManyTokens, MAX_TOKENS, tooLarge } from './graphql-limits.ts';

/** As they leave, each with its `code`. What went wrong is logged as the HTTP door does it; a failure that several fields share is one. */
export function formatErrors(errors: readonly GraphQLError[]): GraphQLError[] {
  for (const failure of new Set(errors.map(({ originalError }) => originalError)))
    if (failure && !refusalsIn(failure).length) logProblem(failure);
  return errors.flatMap(formatError);
}

export const BAD_REQUEST = { code: 'http.bad-request', status: 400 };

function formatError(error: GraphQLError): GraphQLError[] {
  const { originalError, path, locations } = error;
  if (!originalError) return [refusal(error)];
  const refusals = refusalsIn(originalError);
  if (refusals.length > 0) return refusals.map(refusal);
  const { title, detail, code, status, errors } = toProblem(originalError);
  const extensions = { code, status, ...(errors && { errors }) };
  return [{ message: detail ?? title, path, locations, extensions } as unknown as GraphQLError];
}

/** What GraphQL itself finds wrong with a query: mercurius wraps it. */
const refusalsIn = ({ errors }: Error & { errors?: unknown }): GraphQLError[] =>
  Array.isArray(errors) ? errors.filter((error) => error instanceof GraphQLError) : [];

function refusal({ message, path, locations, extensions }: GraphQLError): GraphQLError {
  if (isTooManyTokens(message)) return tooLarge(`Words and signs: at most ${MAX_TOKENS} are allowed`);
  return { message, path, locations, extensions: { ...BAD_REQUEST, ...extensions } } as unknown as GraphQLError;
}
