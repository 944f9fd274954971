import { exampleOf } from './async-api.ts';
import type { Catalogue, PublishedEvent, Schema } from './event-catalogue.ts';

const WRITTEN = '<!-- written by `npm run generate` -->';

/** docs/events, by the names of its files. */
export function eventPages(catalogue: Catalogue): Map<string, string> {
  const pages = catalogue.events.map((event) => [`${event.title}.md`, pageOf(event, catalogue)] as const);
  return new Map([['README.md', overview(catalogue)], ...pages]);
}

function overview({ events, services }: Catalogue): string {
  const rows = events.map(({ title, description }) => {
    const names = (those: typeof services) => those.map(({ service }) => service).join(', ') || 'nobody yet';
    const publishers = services.filter(({ publishes }) => publishes.includes(title));
    const reacting = services.filter(
      ({ consumes, hears }) => hears.includes(title) || consumes.some(({ type }) => type === title),
    );
    return `| [\`${title}\`](${title}.md) | ${cell(description)} | ${names(publishers)} | ${names(reacting)} |`;
  });
  return `${WRITTEN}

# Events

What services tell each other, made of [the contracts](../../libs/contracts/README.md) and of what each service says that it publishes and handles. As a machine reads it: [asyncapi.json](asyncapi.json) (AsyncAPI 3.0).

| Event | When | Published by | Concerns |
|---|---|---|---|
${rows.join('\n')}

Each is a [CloudEvent](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md) in JSON. It is delivered at least once, and in order among those of one topic and key: [delivery guarantees](../patterns/delivery-guarantees.md),
[ordering](../patterns/ordering.md). How one changes: [schema evolution](../patterns/schema-evolution.md).
`;
}

function pageOf(event: PublishedEvent, { services }: Catalogue): string {
  const { title, description } = event;
  const publishers = services.filter(({ publishes }) => publishes.includes(title)).map(({ service }) => service);
  const handling = services.flatMap(({ service, consumes, hears }) => [
    ...consumes
      .filter(({ type }) => type === title)
      .map(({ group, consumer }) => `| ${service} | group \`${group}\`: one instance handles it | \`${consumer}\` |`),
    ...(hears.includes(title)
      ? [`| ${service} | every instance hears it, from now on | what it keeps in memory |`]
      : []),
  ]);
  return `${WRITTEN}

# ${title}

${description}

| | |
|---|---|
| Topic | \`${event['x-topic']}\` |
| Ordering key | ${event['x-ordering-key'].map((field) => `\`${field}\``).join(', ')} |
| Published by | ${publishers.join(', ') || 'nobody yet'} |

## Data

| Field | Type | Required | |
|---|---|---|---|
${fieldsOf(event).join('\n')}

[JSON Schema](../../libs/contracts/published/${title}.json)

## Who handles it

${handling.length ? ['| Service | How | By |', '|---|---|---|', ...handling].join('\n') : 'Nobody yet.'}

## Example

\`\`\`json
${JSON.stringify(exampleOf(event), null, 2)}
\`\`\`
`;
}

function fieldsOf({ properties = {}, required = [] }: Schema, before = ''): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => [
    `| \`${before}${name}\` | ${typeOf(schema)} | ${required.includes(name) ? 'yes' : 'no'} | ${cell(schema.description ?? '')} |`,
    ...fieldsOf(schema, `${before}${name}.`),
    ...fieldsOf(schema.items ?? {}, `${before}${name}[].`),
  ]);
}

function typeOf(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if ('const' in schema) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  const names = [schema.type ?? 'anything'].flat();
  return names.map((name) => (name === 'string' && schema.format ? schema.format : name)).join(' or ');
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
