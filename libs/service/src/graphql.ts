import { Injectable, Module, type DynamicModule, type Type } from '@nestjs/common';
import { GraphQLFederationFactory, GraphQLModule, GraphQLSchemaHost, type GqlModuleOptions } from '@nestjs/graphql';
import { MercuriusFederationDriver, type MercuriusFederationDriverConfig } from '@nestjs/mercurius';
import { graphql, GraphQLError, Kind, type DocumentNode, type GraphQLScalarType } from 'graphql';
import { writeFile } from 'node:fs/promises';
import { Command } from './command.decorator.ts';
import { BAD_REQUEST, formatErrors } from './graphql-error-format.ts';
import { limitItems, limits, MAX_ERRORS, MAX_TOKENS } from './graphql-limits.ts';
import { STREAM_PATH, SubscriptionDoor } from './subscription-door.service.ts';
import { Url } from './url.type.ts';

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
  directives: ['@key', '@shareable', '@cost', '@listSize'],
};

/**
 * A code-first federation 2 subgraph at /graphql, its subscriptions beside it; domain errors carry their `code` in `extensions`.
 * @param extended types of others to which fields are added here, where nothing else leads to them
 */
export const subgraph = (...extended: Type[]): DynamicModule => ({
  module: SubgraphModule,
  imports: [
    GraphQLModule.forRoot<MercuriusFederationDriverConfig>({
      driver: SubgraphDriver,
      path: '/graphql',
      autoSchemaFile: { federation: FEDERATION },
      buildSchemaOptions: { orphanedTypes: extended },
      // Else the access that a field or a reference declares would be read and not asked for, and have no caller.
      fieldResolverEnhancers: ['guards'],
      validationRules: [limits],
      graphql: { parseOptions: { maxTokens: MAX_TOKENS }, validateOptions: { maxErrors: MAX_ERRORS } },
      hooks: {
        preParsing: refuseSyntaxTrees,
        preExecution: async (schema, document, _context, variables) => {
          refuseSubscriptions(document);
          limitItems(schema, document, variables);
        },
      },
      // mercurius would write the numbers in the path of an error as texts.
      additionalRouteOptions: { serializerCompiler: () => JSON.stringify },
      errorFormatter: ({ data, errors }) => ({
        statusCode: 200,
        response: { data: data ?? null, errors: formatErrors(errors ?? []) },
      }),
    }),
  ],
  providers: [WriteSubgraphCommand, SubscriptionDoor],
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

/** Else the fields would be resolved once, as if there had been an event. */
function refuseSubscriptions({ definitions }: DocumentNode): void {
  if (definitions.some((each) => each.kind === Kind.OPERATION_DEFINITION && each.operation === 'subscription'))
    throw new GraphQLError(`A subscription is a stream: POST it to ${STREAM_PATH}`, { extensions: BAD_REQUEST });
}
