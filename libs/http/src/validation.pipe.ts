import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { z } from 'zod';
import { InvalidInput } from './problem-details.ts';

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly keys?: unknown;
}

/** Validates what carries a `schema` (`@Body({ schema })` …). */
export const validationPipe = () => new StandardSchemaValidationPipe({ exceptionFactory: toInvalidInput });

/** The same for a door that Nest does not validate: GraphQL arguments. @throws InvalidInput */
export function validate<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (!result.success) throw toInvalidInput(result.error.issues);
  return result.data;
}

/** Names each wrong field, unknown ones included; at most 20 of them. */
function toInvalidInput(issues: readonly Issue[]): InvalidInput {
  return new InvalidInput(
    issues.slice(0, 20).flatMap(({ path = [], keys, message }) => {
      const names = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
      if (Array.isArray(keys))
        return keys.map((key) => ({ path: [...names, key].join('.'), message: 'Unknown field' }));
      return [{ path: names.join('.') || 'body', message }];
    }),
  );
}
