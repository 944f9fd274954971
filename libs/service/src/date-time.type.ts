import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** A time, RFC 3339. Out of the code as a Date or, in a stored answer, as its text; into it as a Date. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A time, RFC 3339 in UTC',
  serialize: (value) => (value instanceof Date ? value.toISOString() : String(value)),
  parseValue: (value) => parse(value),
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});

function parse(value: unknown): Date {
  const time = typeof value === 'string' ? new Date(value) : undefined;
  if (!time || Number.isNaN(time.getTime()))
    throw new GraphQLError('A DateTime is a text such as "2030-01-01T09:00:00Z"');
  return time;
}
