import { operationsOf, type OpenApi, type Operation, type Schema } from './open-api.ts';

const SCHEMA = '#/components/schemas/';

/**
 * The descriptions of several services as one. A name with the same meaning everywhere stays; where services mean different things by it,
 * each of them gets its service's name in front, so that which comes first does not matter.
 * @throws Error when two services describe the same path: the gateway could send it to one of them only
 */
export function mergeOpenApi(title: string, services: Readonly<Record<string, OpenApi>>): OpenApi {
  const names = Object.keys(services).sort();
  const contested = contestedSchemas(services);
  const ids = names.flatMap((name) => operationsOf(services[name]!).map(({ operation }) => operation.operationId));
  const paths = new Map<string, Record<string, Operation>>();
  const schemas = new Map<string, Schema>();
  const [securitySchemes, tags] = [{}, new Map<string, string[]>()];
  for (const name of names) {
    const service = renamed(services[name]!, (schema) => (contested.has(schema) ? pascal(name) + schema : schema));
    for (const [path, item] of Object.entries(service.paths)) {
      if (paths.has(path)) throw new Error(`${name} and another service describe ${path}`);
      paths.set(path, item);
    }
    for (const { operation } of operationsOf(service)) {
      const id = operation.operationId;
      if (ids.indexOf(id) !== ids.lastIndexOf(id)) operation.operationId = camel(name) + pascal(id);
    }
    for (const [schema, value] of Object.entries(service.components.schemas)) schemas.set(schema, value);
    for (const { name: tag } of service.tags) tags.set(tag, [...(tags.get(tag) ?? []), name]);
    Object.assign(securitySchemes, service.components.securitySchemes);
  }
  return {
    openapi: '3.1.0',
    info: { ...services[names[0]!]?.info, title, description: `All of it: ${names.join(', ')}` },
    servers: [{ url: '/' }],
    tags: [...tags].sort().map(([tag, by]) => ({ name: tag, description: `Answered by ${by.join(' and ')}` })),
    paths: Object.fromEntries(paths),
    components: { schemas: Object.fromEntries(schemas), securitySchemes },
  };
}

/** Names by which services mean different things, be it only because something that they refer to differs. */
function contestedSchemas(services: Readonly<Record<string, OpenApi>>): Set<string> {
  const found = new Set<string>();
  const texts = Map.groupBy(
    Object.values(services).flatMap(({ components }) => Object.entries(components.schemas)),
    ([name]) => name,
  );
  const shared = [...texts].filter(([, uses]) => uses.length > 1);
  const differs = (uses: [string, Schema][]) => new Set(uses.map(([, schema]) => canonical(schema))).size > 1;
  const refersTo = (uses: [string, Schema][]) =>
    [...found].some((name) => JSON.stringify(uses[0]![1]).includes(`"${SCHEMA}${name}"`));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [name, uses] of shared) if (differs(uses) || refersTo(uses)) found.add(name);
  }
  return found;
}

/** Two that differ only in the order of their keys are the same. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** A copy in which each schema, and each reference to it, has its new name. */
function renamed(document: OpenApi, newName: (schema: string) => string): OpenApi {
  const copy = JSON.parse(JSON.stringify(document), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' && value.startsWith(SCHEMA)
      ? SCHEMA + newName(value.slice(SCHEMA.length))
      : value,
  ) as OpenApi;
  const schemas = Object.entries(copy.components.schemas).map(([name, schema]) => [newName(name), schema]);
  copy.components.schemas = Object.fromEntries(schemas);
  return copy;
}

const pascal = (name: string) => name.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
const camel = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
