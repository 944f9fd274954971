import { Injectable, type DynamicModule } from '@nestjs/common';
import { Field, GraphQLFederationFactory, GraphQLModule, ID, Int, type GqlModuleOptions } from '@nestjs/graphql';
import { MercuriusFederationDriver, type MercuriusFederationDriverConfig } from '@nestjs/mercurius';
import { toProblem } from '@cairn/http';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { z } from 'zod';

/** @nestjs/mercurius 14.0.0 passes its own builder, which @apollo/subgraph 2.15 breaks (`doc.definitions is not iterable`). */
@Injectable()
class SubgraphDriver extends MercuriusFederationDriver {
  constructor(private readonly factory: GraphQLFederationFactory) {
    super(factory);
  }
  override generateSchema(options: MercuriusFederationDriverConfig) {
    return this.factory.generateSchema(options as GqlModuleOptions);
  }
}

/** A code-first federation 2 subgraph at /graphql; domain errors carry their `code` in `extensions`. */
export const subgraph = (): DynamicModule =>
  GraphQLModule.forRoot<MercuriusFederationDriverConfig>({
    driver: SubgraphDriver,
    path: '/graphql',
    autoSchemaFile: {
      federation: {
        version: 2,
        importUrl: 'https://specs.apollo.dev/federation/v2.9',
        directives: ['@key', '@shareable'],
      },
    },
    errorFormatter: (execution) => ({
      statusCode: 200,
      response: { data: execution.data ?? null, errors: (execution.errors ?? []).map(formatError) },
    }),
  });

function formatError(error: GraphQLFormattedError & { originalError?: unknown }): GraphQLError {
  if (!error.originalError) return error as GraphQLError;
  const { title, detail, code, status, errors } = toProblem(error.originalError);
  return {
    message: detail ?? title,
    path: error.path,
    locations: error.locations,
    extensions: { code, status, ...(errors && { errors }) },
  } as unknown as GraphQLError;
}

/** Declares the fields of a GraphQL object type from the zod object that the REST door answers with. */
export function FieldsOf(schema: z.ZodObject): ClassDecorator {
  return (target) => {
    for (const [name, field] of Object.entries(schema.shape)) {
      const { type, nullable } = graphqlType(name, field as z.ZodType);
      Field(() => type as unknown as typeof String, { nullable })(target.prototype as object, name);
    }
  };
}

function graphqlType(name: string, schema: z.ZodType, nullable = false): { type: never; nullable: boolean } {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional)
    return graphqlType(name, schema.unwrap() as z.ZodType, true);
  if (schema instanceof z.ZodNumber) return { type: (schema.format === 'safeint' ? Int : Number) as never, nullable };
  if (schema instanceof z.ZodBoolean) return { type: Boolean as never, nullable };
  return { type: (name === 'id' || name.endsWith('Id') ? ID : String) as never, nullable };
}
