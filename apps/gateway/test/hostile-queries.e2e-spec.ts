import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { standIn, startGateway } from './stand-in.ts';
import { subgraph, supergraphFile } from './stand-in-subgraphs.ts';

const file = supergraphFile();
const blog = subgraph('blog');
let server: Awaited<ReturnType<typeof standIn>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  server = await standIn();
  server.answer = blog.answer;
  const upstream = { origins: [server.origin], routes: [] };
  gateway = await startGateway({ blog: upstream, identity: upstream }, { GRAPHQL_SUPERGRAPH: file });
  await send({ query: '{ tags }' });
});
beforeEach(() => void (server.calls.length = 0));
afterAll(async () => {
  await gateway.stop();
  await server.stop();
  rmSync(file);
});

const send = (body: unknown) =>
  fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const times = (count: number, text: (index: number) => string) => Array.from({ length: count }, (_, index) => text(index)).join(' '); // prettier-ignore
const nested = (levels: number, open: string, leaf: string) => `${open.repeat(levels)}${leaf}${'}'.repeat(levels)}`;
const onPost = (selection: string) => `{ post(slug: "a") { ${selection} } }`;
const lists = (levels: number) => `${'['.repeat(levels)}"x"${']'.repeat(levels)}`;
const withVariables = (variables: string) => `{"query":"mutation ($input: CommentInput!) { addComment(slug: \\"a\\", input: $input) { id } }","variables":{"input":${variables}}}`; // prettier-ignore

test.each<[string, unknown]>([
  ['deep', onPost(nested(10, 'related { ', 'id'))],
  ['deep by fragments', `${onPost('...f0')} ${times(8, (n) => `fragment f${n} on Post { related { ...f${n + 1} } }`)} fragment f8 on Post { related { id } }`], // prettier-ignore
  ['deep by inline fragments', onPost(nested(12, '... on Post { ', 'id'))],
  ['wide at the root', `{ ${times(51, () => 'tags')} }`],
  ['wide', onPost(times(501, () => 'id'))],
  ['many aliases', onPost(times(51, (n) => `a${n}: id`))],
  ['many aliases by fragments', `${onPost('...a')} fragment a on Post { ${times(10, (n) => `r${n}: related { ...b }`)} } fragment b on Post { ${times(5, (n) => `i${n}: id`)} }`], // prettier-ignore
  ['long', onPost(times(1_000, () => 'id'))],
  ['one endless word', `{ ${'a '.repeat(100_000)} }`],
  ['lists in lists', `{ post(slug: ${lists(2_000)}) { id } }`],
  ['many directives at one field', `{ tags ${times(6, () => '@skip(if: false)')} }`],
  ['thousands of directives', `{ tags ${times(3_000, () => '@a')} }`],
  ['many directives', onPost(times(51, () => 'id @skip(if: false)'))],
  ['directives on the operation', `query ${times(6, () => '@a')} { tags }`],
  ['costly', '{ posts(first: 100) { edges { node { comments(first: 100) { edges { node { id } } } } } } }'],
  ['costly by a variable', { query: 'query ($n: Int) { posts(first: $n) { edges { node { id } } } }', variables: { n: 1_000_000 } }], // prettier-ignore
  ['costly by a preset', 'query ($n: Int = 1000000) { posts(first: $n) { edges { node { id } } } }'],
  ['costly where no length is told', onPost('related { related { related { related { id } } } }')],
  ['fragments that double', `{ post(slug: "a") { ...f0 } } ${times(60, (n) => `fragment f${n} on Post { ...f${n + 1} ...f${n + 1} }`)} fragment f60 on Post { id }`], // prettier-ignore
  ['deep introspection', `{ __schema { types { ${nested(5, 'fields { type { ', 'name')} } } ${'}'.repeat(5)} }`],
  ['introspection in a circle', '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }'], // prettier-ignore
  ['a large batch', Array.from({ length: 11 }, () => ({ query: '{ tags }' }))],
  ['a batch that costs too much together', Array.from({ length: 10 }, () => ({ query: '{ posts(first: 600) { edges { node { id } } } }' }))], // prettier-ignore
  ['deep variables', withVariables(`{"body":"x","mentions":${lists(100_000)}}`)],
  ['many variables', withVariables(`{"body":"x","mentions":[${times(10_001, () => '[],').slice(0, -1)}]}`)],
])('%s: refused, and nobody is asked', async (_, given) => {
  const answer = await send(typeof given === 'string' && !given.startsWith('{"') ? { query: given } : given);
  const [first] = [await answer.json()].flat() as { data?: unknown; errors: { extensions: unknown }[] }[];
  expect(first!.errors.map(({ extensions }) => extensions)).toContainEqual({ code: 'graphql.query-too-large', status: 400 }); // prettier-ignore
  expect(answer.status).toBe(400);
  expect(first).not.toHaveProperty('data');
  expect(server.calls).toEqual([]);
});

test.each([
  ['a circle of fragments', `${onPost('...a')} fragment a on Post { related { ...b } } fragment b on Post { related { ...a } }`], // prettier-ignore
  ['endless signs', '{'.repeat(200_000)],
  ['a fragment in itself', `${onPost('...a')} fragment a on Post { ...a }`],
  ['fields that contradict each other', onPost(times(200, (n) => `id: ${n % 2 ? 'title' : 'slug'}`))],
  ['thousands of unused fragments', `{ tags } ${times(150, (n) => `fragment f${n} on Post { id }`)}`],
  ['a syntax tree', JSON.stringify({ kind: 'Document', definitions: [] })],
  ['a subscription', 'subscription { tags }'],
  ['entities of a subgraph', '{ _entities(representations: []) { __typename } }'],
  ['the schema of a subgraph', '{ _service { sdl } }'],
])('%s: no query, and nobody is asked', async (_, query) => {
  const { data, errors } = (await (await send({ query })).json()) as { data?: unknown; errors: { extensions: { status: number } }[] }; // prettier-ignore
  expect([data, errors.length <= 11, errors[0]!.extensions.status]).toEqual([undefined, true, 400]);
  expect(server.calls).toEqual([]);
});

test('what cannot be met by a name of JavaScript’s own', async () => {
  const body = '{"query":"{ tags }","variables":{"__proto__":{"a":1}},"operationName":null}';
  expect([200, 400]).toContain((await send(body)).status);
  expect(({} as Record<string, unknown>).a).toBeUndefined();
  expect((await send({ query: '{ constructor toString }' })).status).toBe(200);
});

test('a body larger than the gateway takes is not read', async () => {
  const answer = await send({ query: '{ tags }', variables: { text: 'x'.repeat(300_000) } });
  expect([answer.status, server.calls]).toEqual([413, []]);
});

test('nor is one that does not say how large it is', async () => {
  const chunked = (text: string) =>
    fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([JSON.stringify({ query: '{ tags }', variables: { text } })]).stream(),
      duplex: 'half',
    } as RequestInit);
  const [small, large] = [await chunked('x'), await chunked('x'.repeat(300_000))];
  expect([small.status, large.status]).toEqual([200, 413]);
  expect(await large.json()).toMatchObject({ status: 413 });
  expect(server.calls).toHaveLength(1);
});
