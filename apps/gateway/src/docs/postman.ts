import { createRequire } from 'node:module';
import { operationsOf, resolve, type Answer, type OpenApi, type Operation, type Schema } from './open-api.ts';
import { LAST_TAG, LOG_IN, WALK, type Step } from './postman-walk.ts';

/*
 * A Postman collection (v2.1) of a description: a walk from signing up to logging out, then every operation by tag. The converter gives
 * each request its shape; what it makes up by chance (ids, values) is replaced, so that the same description gives the same file.
 */

interface Item {
  name: string;
  request: {
    method: string;
    url: { path: string[]; query: Field[]; variable: Field[]; host: string[] };
    header: Field[];
    body?: { mode?: string; raw?: string };
    auth?: object | null;
    description?: unknown;
  };
  event?: { listen: string; script: { type: string; exec: string[] } }[];
}
interface Field {
  key: string;
  value: string;
  disabled?: boolean;
  description?: unknown;
}
type Folder = { name: string; item: (Folder | Item)[] };
interface Conversion {
  readonly result: boolean;
  readonly reason?: string;
  readonly output: { readonly data: Folder }[];
}
type Described = ReturnType<typeof operationsOf>[number];
type Change = Partial<Pick<Step, 'anonymous' | 'body' | 'query' | 'headers' | 'before' | 'after' | 'name' | 'status'>>;

const VARIABLES = { baseUrl: 'http://127.0.0.1:3000', token: '', username: 'ada', password: 'cairn-demo-2026' };
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** @throws Error when the converter does not take the description, or a step of the walk is not in it */
export async function toPostman(document: OpenApi): Promise<object> {
  const converted = await convert(document);
  const item = (described: Described, change: Change = {}) => {
    const found = converted.get(keyOf(described.method, described.path));
    if (!found) throw new Error(`The converter left out ${described.method} ${described.path}`);
    return completed(document, described, structuredClone(found), change);
  };
  const operations = operationsOf(document);
  const walk = WALK.map((step) => {
    const described = operations.find(({ operation }) => operation.operationId === step.operation);
    if (!described)
      throw new Error(`The walk of the Postman collection asks for ${step.operation}, which is not described`);
    return item(described, step);
  });
  const byTag = Map.groupBy(operations, ({ operation }) => operation.tags[0]!);
  const tags = [...byTag.keys()].sort((a, b) => Number(a === LAST_TAG) - Number(b === LAST_TAG) || (a < b ? -1 : 1));
  const folders = tags.map((tag) => ({
    name: tag,
    item: byTag
      .get(tag)!
      .toSorted((a, b) => METHODS.indexOf(a.method) - METHODS.indexOf(b.method))
      .map((each) => item(each, each.operation.operationId === 'logIn' ? LOG_IN : {})),
  }));
  return {
    info: {
      name: 'Cairn',
      description:
        'Run the walk first: it signs somebody up, logs in, and leaves a token and a post to the requests below it.',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    variable: Object.entries(VARIABLES).map(([key, value]) => ({ key, value, type: 'string' })),
    item: [{ name: 'A walk', item: walk }, ...folders],
  };
}

/** Every request of the description, by its method and path. */
async function convert(document: OpenApi): Promise<Map<string, Item>> {
  const { convertV2 } = createRequire(import.meta.url)('openapi-to-postmanv2') as {
    convertV2(input: object, options: object, done: (error: Error | null, conversion: Conversion) => void): void;
  };
  const options = { parametersResolution: 'Example', includeAuthInfoInExample: false, enableOptionalParameters: false };
  const { result, reason, output } = await new Promise<Conversion>((done, fail) =>
    convertV2({ type: 'json', data: document }, options, (error, found) => (error ? fail(error) : done(found))),
  );
  if (!result) throw new Error(`No Postman collection: ${reason}`);
  const items = new Map<string, Item>();
  const collect = (entry: Folder | Item) => {
    if ('item' in entry) entry.item.forEach(collect);
    else items.set(keyOf(entry.request.method, `/${entry.request.url.path.join('/')}`), entry);
  };
  collect(output[0]!.data);
  return items;
}

/** `:slug`, `{{format}}` and `{slug}` are the same to it. */
const keyOf = (method: string, path: string) =>
  `${method.toLowerCase()} ${path.replace(/:(\w+)|\{\{(\w+)\}\}|\{(\w+)\}/g, '{}')}`;

function completed(document: OpenApi, described: Described, { request }: Item, change: Change): object {
  const { operation } = described;
  const { auth: _auth, body: _body, ...shape } = request;
  const body = change.body ?? exampleOf(document, operation);
  return {
    name: change.name ?? operation.summary,
    request: {
      method: shape.method,
      ...((change.anonymous || operation.security.length !== 1) && { auth: { type: 'noauth' } }),
      header: shape.header.map((field) => header(field, change)),
      url: url(document, described, shape.url, change),
      ...(operation.requestBody && {
        body: { mode: 'raw', raw: JSON.stringify(body, null, 2), options: { raw: { language: 'json' } } },
      }),
      ...(operation.description && { description: operation.description }),
    },
    event: [
      ...(change.before?.length ? [script('prerequest', change.before)] : []),
      script('test', [...tests(document, operation, change.status), ...(change.after ?? [])]),
    ],
  };
}

function header({ key, value, disabled, description }: Field, { headers = {} }: Change): Field {
  // What comes with a pattern only, the converter makes up.
  const made: Record<string, string> = { 'Idempotency-Key': '{{$guid}}', 'If-Match': '*', 'If-None-Match': '' };
  const off = disabled && !(key in headers);
  const asProgram = key === 'Accept' && value === 'text/html' ? 'application/json' : value; // pages are for people
  return {
    key,
    value: headers[key] ?? made[key] ?? asProgram,
    ...(off && { disabled: true }),
    ...described(description),
  };
}

function url(
  document: OpenApi,
  { path, operation }: Described,
  { host }: Item['request']['url'],
  { query = {} }: Change,
) {
  const segments = path.slice(1).split('/');
  const fields = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  return {
    host,
    path: segments.map((segment, index) =>
      segment.replace(/\{(\w+)\}/, (_, name: string) => valueInPath(operation, name, segments[index - 1])),
    ),
    query: fields.map(({ name, schema, required }) => ({
      key: name,
      value: query[name] ?? exampleValue({ ...resolve<Schema>(document, schema), ...schema }),
      ...(!required && !(name in query) && { disabled: true }),
    })),
  };
}

/** `{{slug}}`, `{{commentId}}` for the id in /comments/{id}; one that has few values has the first. */
function valueInPath(operation: Operation, name: string, before = ''): string {
  const parameter = operation.parameters?.find((each) => each.in === 'path' && each.name === name);
  const example = parameter && exampleValue(parameter.schema);
  if (name === 'id') return `{{${before.replace(/s$/, '')}Id}}`;
  if (name === 'version') return '1';
  return (parameter?.schema as { enum?: string[] }).enum ? example! : `{{${name}}}`;
}

function exampleValue(schema: Schema & { default?: unknown; enum?: readonly unknown[] }): string {
  const value = schema.example ?? schema.examples?.[0] ?? schema.default ?? schema.enum?.[0] ?? '';
  return String(value);
}

function exampleOf(document: OpenApi, { requestBody }: Operation): unknown {
  const media = requestBody && Object.values(requestBody.content)[0];
  if (!media) return undefined;
  const schema = resolve<Schema>(document, media.schema);
  return media.example ?? schema.example ?? schema.examples?.[0];
}

/** The status is documented (or the one of the walk), an error is a problem, a success has what its schema requires. */
function tests(document: OpenApi, operation: Operation, status?: number): string[] {
  const documented = Object.keys(operation.responses).map(Number);
  const required = Object.entries(operation.responses).flatMap(([code, answer]) => {
    const schema = resolve<Answer>(document, answer).content?.['application/json']?.schema;
    return Number(code) < 300 && schema ? (resolve<Schema>(document, schema).required ?? []) : [];
  });
  return [
    `const isJson = /\\bjson\\b/.test(pm.response.headers.get('Content-Type') ?? '');`,
    'const body = isJson && pm.response.text() ? pm.response.json() : undefined;',
    status
      ? `pm.test('it answers ${status}', () => pm.response.to.have.status(${status}));`
      : `pm.test('its status is documented, and no failure', () => pm.expect(pm.response.code).to.be.oneOf(${JSON.stringify(documented.filter((code) => code < 500))}));`,
    `if (pm.response.code >= 400) pm.test('an error is a problem with a code', () => {`,
    `  pm.expect(pm.response.headers.get('Content-Type')).to.include('application/problem+json');`,
    `  pm.expect(body).to.include({ status: pm.response.code }).and.to.include.keys('type', 'title', 'code', 'requestId');`,
    '});',
    ...(required.length
      ? [
          `if (pm.response.code < 300) pm.test('it has all that it must have', () => pm.expect(body).to.include.keys(${JSON.stringify(required)}));`,
        ]
      : []),
  ];
}

const script = (listen: string, exec: readonly string[]) => ({
  listen,
  script: { type: 'text/javascript', exec: [...exec] },
});

const described = (description: unknown) =>
  description && (description as { content?: string }).content ? { description } : {};
