import { z } from 'zod';
import type { EventContract } from './event-contract.ts';

/** As much of JSON Schema 2020-12 as zod writes for events. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** The data of an event as they cross the broker, with what matters beside their shape: the file in `published/`. */
export interface PublishedEvent extends JsonSchema {
  readonly title: string;
  readonly 'x-topic': string;
  /** The fields that make the ordering key. */
  readonly 'x-ordering-key': readonly string[];
}

export function publishedEvent(contract: EventContract): PublishedEvent {
  const { $schema, ...schema } = z.toJSONSchema(contract.schema, {
    io: 'input', // what a consumer takes: fields that it does not know included
    reused: 'inline',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format) delete jsonSchema.pattern; // the format says it; zod's pattern for a time fills a screen
    },
  }) as JsonSchema;
  return {
    $schema,
    title: contract.type,
    description: contract.description,
    'x-topic': contract.topic,
    'x-ordering-key': fieldsRead(contract),
    ...schema,
    examples: [exampleOf(schema)],
  };
}

function fieldsRead({ subjectOf }: EventContract): string[] {
  const fields = new Set<string>();
  const data = new Proxy({}, { get: (_, field) => (fields.add(String(field)), String(field)) });
  subjectOf(data);
  return [...fields];
}

/** The first example that the schema gives, or what fits it. */
export function exampleOf(schema: JsonSchema): unknown {
  const [given] = (schema.examples ?? schema.enum ?? []) as unknown[];
  if (given !== undefined) return given;
  if ('const' in schema) return schema.const;
  if (schema.anyOf) return exampleOf(schema.anyOf[0]!);
  const { properties = {}, items } = schema;
  if (schema.type === 'object')
    return Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, exampleOf(each)]));
  if (schema.type === 'array') return items ? [exampleOf(items)] : [];
  return (
    { string: EXAMPLES[String(schema.format)] ?? 'text', integer: 1, number: 1, boolean: false }[String(schema.type)] ??
    null
  );
}

const EXAMPLES: Readonly<Record<string, string>> = {
  uuid: '019abf2e-6d5c-7a31-9d1c-0c5b8f1f2a77',
  'date-time': '2026-01-31T12:00:00.000Z',
  date: '2026-01-31',
  uri: 'https://example.org/',
};
