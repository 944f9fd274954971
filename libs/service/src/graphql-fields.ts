import { Field, ID, Int, registerEnumType } from '@nestjs/graphql';
import { z } from 'zod';
import { DateTime } from './date-time.type.ts';
import { Url } from './url.type.ts';

/** The arguments of a field as the schema of a query string expects them: there is no null, only absence, and a time is a text. */
export const argumentsOf = (args: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(args)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]: [string, unknown]) => [name, value instanceof Date ? value.toISOString() : value]),
  );

/**
 * Declares the fields of a GraphQL type, or its arguments, from the zod object that the REST door answers or validates with; other
 * objects are left out. What the schema calls `deprecated` is so in the graph, by the reason that its description gives.
 */
export function FieldsOf(schema: z.ZodObject, { except = [] }: { except?: readonly string[] } = {}): ClassDecorator {
  return (target) => {
    for (const [name, field] of Object.entries(schema.shape)) {
      const { type, nullable } = graphqlType(name, field as z.ZodType);
      const { deprecated, description } = (field as z.ZodType).meta() ?? {};
      const options = {
        nullable,
        ...(deprecated ? { deprecationReason: description ?? 'No longer supported' } : { description }),
      };
      if (type && !except.includes(name))
        Field(() => type as unknown as typeof String, options)(target.prototype as object, name);
    }
  };
}

function graphqlType(name: string, schema: z.ZodType, nullable = false): { type: unknown; nullable: boolean } {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional)
    return graphqlType(name, schema.unwrap() as z.ZodType, true);
  if (schema instanceof z.ZodDefault) return graphqlType(name, schema.unwrap() as z.ZodType, true);
  if (schema instanceof z.ZodArray) return { type: [graphqlType(name, schema.element as z.ZodType).type], nullable };
  if (schema instanceof z.ZodObject) return { type: undefined, nullable };
  if (isTimestamp(schema)) return { type: DateTime, nullable };
  if (schema instanceof z.ZodPipe) return graphqlType(name, schema.in as z.ZodType, nullable);
  if (schema instanceof z.ZodNumber) return { type: schema.format === 'safeint' ? Int : Number, nullable };
  if (schema instanceof z.ZodEnum && schema.meta()?.id) return { type: enumType(schema), nullable };
  if (schema instanceof z.ZodBoolean) return { type: Boolean, nullable };
  if (name.endsWith('Url')) return { type: Url, nullable };
  return { type: name === 'id' || name.endsWith('Id') ? ID : String, nullable };
}

/** Also one that has been given a description, which makes it another object. */
const isTimestamp = (schema: z.ZodType) =>
  schema instanceof z.ZodISODateTime || (schema instanceof z.ZodPipe && schema.out instanceof z.ZodISODateTime);

const enums = new WeakMap<z.ZodEnum, object>();

/** An enum with an id is one in the graph, too, its values in capitals as is the custom there. */
function enumType(schema: z.ZodEnum): object {
  let type = enums.get(schema);
  if (!type) {
    type = Object.fromEntries(schema.options.map((value) => [String(value).toUpperCase(), value]));
    registerEnumType(type, { name: schema.meta()!.id! });
    enums.set(schema, type);
  }
  return type;
}
