import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** An address of the web. What comes in is looked at once more by the schema of its field, which has a length, too. */
export const Url = new GraphQLScalarType<string, string>({
  name: 'URL',
  description: 'An absolute http or https URL',
  specifiedByURL: 'https://url.spec.whatwg.org/',
  serialize: String,
  parseValue: (value) => parse(value),
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});

function parse(value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new GraphQLError('A URL is a text such as "https://example.org/cairn.jpg"');
  return value as string;
}
