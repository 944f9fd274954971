import { tooLarge } from '@cairn/service/graphql-limits';
import { z } from 'zod';

/** GraphQL over HTTP, section 5: what a request is made of. Others' parameters are passed over. */
const ParametersSchema = z.object({
  query: z.string().nullish(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  extensions: z
    .looseObject({
      persistedQuery: z.object({ version: z.literal(1), sha256Hash: z.string().regex(/^[0-9a-f]{64}$/) }).nullish(),
    })
    .nullish(),
});
export type Parameters = z.infer<typeof ParametersSchema>;

/** What a request's parameters are not. */
export class InvalidParameters extends Error {
  constructor(readonly errors: { path: string; message: string }[]) {
    super('The request is not one of GraphQL');
  }
}

export const MAX_BATCH = 10;
const MAX_VARIABLE_DEPTH = 16;
const MAX_VALUES = 10_000;

/** @throws InvalidParameters; GraphQLError when they are too large */
export function parametersOf(given: unknown): Parameters {
  const parsed = ParametersSchema.safeParse(given);
  if (!parsed.success)
    throw new InvalidParameters(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
  if (!parsed.data.query && !parsed.data.extensions?.persistedQuery)
    throw new InvalidParameters([{ path: 'query', message: 'There is no query' }]);
  if (parsed.data.variables) bound(parsed.data.variables);
  return parsed.data;
}

/** Of a GET: all of it in the query string, what is no text as JSON. */
export function parametersOfUrl({ query, operationName, variables, extensions }: Record<string, unknown>): Parameters {
  return parametersOf({ query, operationName, variables: json('variables', variables), extensions: json('extensions', extensions) }); // prettier-ignore
}

function json(path: string, text: unknown): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(String(text));
  } catch {
    throw new InvalidParameters([{ path, message: 'This is not JSON' }]);
  }
}

/** Without recursion: a body of 256 KiB, the most that is read, can hold lists a hundred thousand deep. */
function bound(variables: object): void {
  let level: unknown[] = [variables];
  let values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_VARIABLE_DEPTH) throw tooLarge(`Levels of variables: at most ${MAX_VARIABLE_DEPTH} are allowed`);
    values += level.length;
    if (values > MAX_VALUES) throw tooLarge(`Values in variables: at most ${MAX_VALUES} are allowed`);
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
}
