import { nameAndVersion } from './event-contract.ts';
import type { JsonSchema, PublishedEvent } from './json-schema.ts';

/** What says something about values without deciding which are valid. */
const ANNOTATIONS = ['$schema', '$id', 'id', 'title', 'description', 'examples', 'example', 'default', 'deprecated'];

/**
 * Why the new form of an event cannot take the place of the published one, a sentence each; none when it can. Services are not deployed at
 * once, and a broker keeps what was published: so consumers of the old form must take what is published by the new one, and consumers of the
 * new form what was published by the old one. What both are is the same values, but for new fields that may be missing.
 */
export function incompatibilities(published: PublishedEvent, current: PublishedEvent): string[] {
  const changes = ['x-topic', 'x-ordering-key']
    .filter((name) => canonical(published[name]) !== canonical(current[name]))
    .map(
      (name) => `${name.slice(2).replace('-', ' ')} has changed, so that events old and new would not stay in order`,
    );
  return [...changes, ...differences(published, current, '')].map(
    (change) =>
      `${published.title}: ${change}: make it v${nameAndVersion(published.title).version + 1}, beside the one that there is.`,
  );
}

function differences(old: JsonSchema, now: JsonSchema, path: string): string[] {
  if (old.anyOf && now.anyOf) return alternatives(old.anyOf, now.anyOf, path);
  return [...fields(old, now, path), ...(old.items && now.items ? differences(old.items, now.items, `${path}[]`) : []), ...own(old, now, path)]; // prettier-ignore
}

function fields(old: JsonSchema, now: JsonSchema, path: string): string[] {
  if (!old.properties || !now.properties) return [];
  const [oldFields, newFields] = [old.properties, now.properties];
  const isRequired = (schema: JsonSchema, name: string) => schema.required?.includes(name) ?? false;
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const known = Object.entries(oldFields).flatMap(([name, schema]) => {
    const current = newFields[name];
    if (!current) return [`${at(name)} is gone, which consumers may read`];
    if (isRequired(old, name) && !isRequired(now, name))
      return [`${at(name)} may be missing now, which consumers rely on`];
    if (!isRequired(old, name) && isRequired(now, name)) return [`${at(name)} is required now, and may be missing in what was published`]; // prettier-ignore
    return differences(schema, current, at(name));
  });
  const added = Object.keys(newFields).filter((name) => !oldFields[name]);
  return [
    ...known,
    ...added.filter((name) => isRequired(now, name)).map((name) => `${at(name)} is new and required, and missing in what was published`), // prettier-ignore
    ...added.filter(() => old.additionalProperties === false).map((name) => `${at(name)} is new, and consumers refuse fields that they do not know`), // prettier-ignore
  ];
}

/** Each of the one finds its like among the other. */
function alternatives(old: readonly JsonSchema[], now: readonly JsonSchema[], path: string): string[] {
  const left = [...now];
  const isSame = old.every((schema) => {
    const at = left.findIndex((each) => !differences(schema, each, path).length);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return isSame && !left.length ? [] : [`${path || 'the whole'} allows other values than before`];
}

/** Everything but what is compared piece by piece. */
function own(old: JsonSchema, now: JsonSchema, path: string): string[] {
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  const piecewise = [
    ...(old.properties && now.properties ? ['properties', 'required'] : []),
    ...(old.items && now.items ? ['items'] : []),
  ];
  return [...names]
    .filter((name) => ![...ANNOTATIONS, ...piecewise].includes(name) && !name.startsWith('x-'))
    .filter((name) => canonical(old[name]) !== canonical(now[name]))
    .map((name) => `${path || 'the whole'} has another ${name}`);
}

/** The order of keys, and of the values of a list, says nothing here. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'none';
  const entries = Object.entries(value).filter(([name]) => !ANNOTATIONS.includes(name));
  return `{${entries.map(([name, each]) => `${name}:${canonical(each)}`).sort().join()}}`; // prettier-ignore
}
