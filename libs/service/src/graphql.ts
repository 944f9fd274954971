import { logProblem, toProblem } from '@cairn/http';
import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { GraphQLFederationFactory, GraphQLModule, GraphQLSchemaHost, type GqlModuleOptions } from '@nestjs/graphql';
import { MercuriusFederationDriver, type MercuriusFederationDriverConfig } from '@nestjs/mercurius';
import { graphql, GraphQLError, type GraphQLScalarType } from 'graphql';
import { writeFile } from 'node:fs/promises';
import { Command } from './command.decorator.ts';
import { Url } from './url.type.ts';
import { isTooManyTokens, limitItems, limits, MAX_ERRORS, MAX_TOKENS, tooLarge } from './graphql-limits.ts';

// declaring a graph
export { argumentsOf, FieldsOf } from './graphql-fields.ts';
export { ConnectionArgs, connectionOf, edgeOf, inTermsOfRelay, Paged } from './connection.type.ts';
export { DateTime } from './date-time.type.ts';
export { Url } from './url.type.ts';
// resolving it
export { Batches } from './graphql-batches.ts';

/** @nestjs/mercurius 14.0.0 passes its own builder, which @apollo/subgraph 2.15 breaks (`doc.definitions is not iterable`). */
@Injectable()
class SubgraphDriver extends MercuriusFederationDriver {
  constructor(private readonly factory: GraphQLFederationFactory) {
    super(factory);
  }
  override async generateSchema(options: MercuriusFederationDriverConfig) {
    const schema = await this.factory.generateSchema(options as GqlModuleOptions);
    // The factory builds the schema anew from its text, and brings back what DateTime does, but no other scalar.
    const url = schema.getType(Url.name) as GraphQLScalarType | undefined;
    const { serialize, parseValue, parseLiteral } = Url;
    if (url) Object.assign(url, { serialize, parseValue, parseLiteral });
    return schema;
  }
}

/** `generate` writes the subgraph beside the OpenAPI file. */
@Command('generate')
@Injectable()
class WriteSubgraphCommand {
  constructor(private readonly host: GraphQLSchemaHost) {}

  async run() {
    const { data } = await graphql({ schema: this.host.schema, source: '{ _service { sdl } }' });
    await writeFile('schema.graphql', `${(data as { _service: { sdl: string } })._service.sdl.trim()}\n`);
  }
}

@Module({})
class SubgraphModule {}

const FEDERATION = {
  version: 2 as const,
  importUrl: 'https://specs.apollo.dev/federation/v2.9',
  directives: ['@key', '@shareable', '@listSize'],
};

/** A code-first federation 2 subgraph at /graphql; domain errors carry their `code` in `extensions`. */
export const subgraph = (): DynamicModule => ({
  module: SubgraphModule,
  imports: [
    GraphQLModule.forRoot<MercuriusFederationDriverConfig>({
      driver: SubgraphDriver,
      path: '/graphql',
      autoSchemaFile: { federation: FEDERATION },
      // Else the access that a field or a reference declares would be read and not asked for, and have no caller.
      fieldResolverEnhancers: ['guards'],
      validationRules: [limits],
      graphql: { parseOptions: { maxTokens: MAX_TOKENS }, validateOptions: { maxErrors: MAX_ERRORS } },
      hooks: {
        preParsing: refuseSyntaxTrees,
        preExecution: async (schema, document, _context, variables) => limitItems(schema, document, variables),
      },
      // mercurius would write the numbers in the path of an error as texts.
      additionalRouteOptions: { serializerCompiler: () => JSON.stringify },
      errorFormatter: (execution) => {
        logFailures(execution.errors ?? []);
        return {
          statusCode: 200,
          response: { data: execution.data ?? null, errors: (execution.errors ?? []).flatMap(formatError) },
        };
      },
    }),
  ],
  providers: [WriteSubgraphCommand],
});

/** mercurius takes a parsed document in JSON where it expects text, and the limit of tokens would not see it. */
async function refuseSyntaxTrees(_schema: unknown, source: string) {
  try {
    JSON.parse(source); // fails at the second character of a query
  } catch {
    return;
  }
  throw new GraphQLError('The query is JSON: send text', { extensions: BAD_REQUEST });
}

/** As the HTTP door does it. A failure that several fields share is one. */
function logFailures(errors: readonly GraphQLError[]): void {
  for (const failure of new Set(errors.map(({ originalError }) => originalError)))
    if (failure && !refusalsIn(failure).length) logProblem(failure);
}

const BAD_REQUEST = { code: 'http.bad-request', status: 400 };

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
