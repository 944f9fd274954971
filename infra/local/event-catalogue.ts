import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** As much of JSON Schema as the data of events have. */
export interface Schema {
  readonly [keyword: string]: unknown;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
}

/** A file of libs/contracts/published. */
export interface PublishedEvent extends Schema {
  readonly title: string;
  readonly description: string;
  readonly 'x-topic': string;
  readonly 'x-ordering-key': readonly string[];
}

/** The file `events.json` of a service. */
export interface ServiceEvents {
  readonly service: string;
  readonly publishes: readonly string[];
  readonly consumes: readonly { readonly type: string; readonly group: string; readonly consumer: string }[];
  readonly hears: readonly string[];
}

/** Everything that crosses services, and who says and hears it. */
export interface Catalogue {
  readonly envelope: Schema;
  readonly events: readonly PublishedEvent[];
  readonly services: readonly ServiceEvents[];
}

/** Of what `generate` of the contracts and of each service has written. */
export function readCatalogue(workspace: string): Catalogue {
  const all = <T>(pattern: string) =>
    globSync(pattern, { cwd: workspace })
      .sort()
      .map((file) => JSON.parse(readFileSync(path.join(workspace, file), 'utf8')) as T);
  return {
    envelope: all<Schema>('libs/contracts/published/cloud-event.json')[0]!,
    events: all<PublishedEvent>('libs/contracts/published/*.v*.json'),
    services: all<ServiceEvents>('apps/*/events.json'),
  };
}

/** What does not fit together, a sentence each. */
export function problemsOf({ events, services }: Catalogue): string[] {
  const types = events.map(({ title }) => title);
  const unknown = services.flatMap(({ service, publishes, consumes, hears }) =>
    [...publishes, ...consumes.map(({ type }) => type), ...hears]
      .filter((type) => !types.includes(type))
      .map((type) => `${service} names ${type}, which is not in libs/contracts.`),
  );
  const publishersOf = (type: string) => services.filter(({ publishes }) => publishes.includes(type));
  const unsaid = types.filter((type) => !publishersOf(type).length).map((type) => `Nobody publishes ${type}.`);
  const twice = types
    .filter((type) => publishersOf(type).length > 1)
    .map((type) => `Several services publish ${type}: it would not stay in order.`);
  return [...unknown, ...unsaid, ...twice];
}
