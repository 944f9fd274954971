import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { z } from 'zod';
import { InvalidInput } from './problem-details.ts';

// Where a schema says nothing better itself.
z.config({
  customError: ({ code, input }) => (code === 'invalid_type' && input === undefined ? 'Missing' : undefined),
});

const MOST_ISSUES = 20;

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly keys?: unknown;
}

/** What Nest's pipe has found, on its way to where the parameter's name is known. */
class Rejected extends Error {
  constructor(readonly issues: readonly Issue[]) {
    super();
  }
}

/** Validates what carries a `schema` (`@Body({ schema })` …). What is wrong with `@Param('id', { schema })` is named `id`. */
class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => new Rejected(issues) });
  }

  override async transform<T>(value: T, metadata: ArgumentMetadata) {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      throw error instanceof Rejected ? toInvalidInput(error.issues, metadata) : error;
    }
  }
}

export const validationPipe = () => new ValidationPipe();

/** The same for a door that Nest does not validate: GraphQL arguments. @throws InvalidInput */
export function validate<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (!result.success) throw toInvalidInput(result.error.issues, { type: 'body' });
  return result.data;
}

/** Names each wrong field, unknown ones included, but not more than somebody reads. */
function toInvalidInput(
  issues: readonly Issue[],
  { data, type }: Pick<ArgumentMetadata, 'data' | 'type'>,
): InvalidInput {
  const errors = issues.slice(0, MOST_ISSUES).flatMap(({ path = [], keys, message }) => {
    const within = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
    const names = data === undefined ? within : [data, ...within];
    if (!Array.isArray(keys)) return [{ path: names.join('.') || type, message }];
    return keys.slice(0, MOST_ISSUES).map((key) => ({ path: [...names, key].join('.'), message: 'Unknown field' }));
  });
  return new InvalidInput(errors.slice(0, MOST_ISSUES));
}
