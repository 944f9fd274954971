import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestRedis, markRevocationsComplete } from '@cairn/testing';
import { auditServer } from 'graphql-http';
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { standIn, startGateway } from './stand-in.ts';
import { until } from './until.ts';
import { subgraph, supergraphFile } from './stand-in-subgraphs.ts';

type Gateway = Awaited<ReturnType<typeof startGateway>>;
interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string; status: number } }[];
  extensions?: { cost: { declared: number; objects: number } };
}

const GONE = 'http://127.0.0.1:1';
const file = supergraphFile();
const [blog, identity] = [subgraph('blog'), subgraph('identity')];
let blogServer: Awaited<ReturnType<typeof standIn>>;
let identityServer: Awaited<ReturnType<typeof standIn>>;
let gateway: Gateway;
const others: Gateway[] = [];

/** A further gateway before the same services. */
async function another(
  variables: Record<string, string> = {},
  origins: { identity?: string; blog?: string } = {},
  logs?: string[],
) {
  const upstreams = {
    blog: { origins: [origins.blog ?? blogServer.origin], routes: [] },
    identity: { origins: [origins.identity ?? identityServer.origin], routes: [] },
  };
  const started = await startGateway(upstreams, { GRAPHQL_SUPERGRAPH: file, ...variables }, logs);
  others.push(started);
  return started;
}

beforeAll(async () => {
  [blogServer, identityServer] = await Promise.all([standIn(), standIn()]);
  gateway = await another();
});
beforeEach(() => {
  blogServer.reset();
  identityServer.reset();
  blogServer.answer = blog.answer;
  identityServer.answer = identity.answer;
  blog.asked.length = identity.asked.length = 0;
});
afterAll(async () => {
  await Promise.all(others.map((each) => each.stop()));
  await Promise.all([blogServer.stop(), identityServer.stop()]);
  rmSync(file);
});

const RESPONSE = 'application/graphql-response+json';
const post = (body: unknown, headers: Record<string, string> = {}, { url } = gateway) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const ask = async (query: string, more: object = {}, headers: Record<string, string> = {}, to = gateway) =>
  (await (await post({ query, ...more }, headers, to)).json()) as Answer;
const calls = () => [blog.asked.length, identity.asked.length];

describe('one graph of several services', () => {
  test('20 posts with authors and comment counts are one request to each service', async () => {
    const { data, errors } = await ask(
      '{ posts(first: 20) { edges { node { title commentCount author { displayName } } } } }',
    );
    expect(errors).toBeUndefined();
    const { edges } = data!.posts as { edges: unknown[] };
    expect(edges).toHaveLength(20);
    expect(edges[7]).toEqual({ node: { title: 'Post 7', commentCount: 7, author: { displayName: 'Name u2' } } });
    expect(calls()).toEqual([1, 1]);
    expect(identity.asked[0]!.variables).toEqual({ representations: ['u0', 'u1', 'u2', 'u3', 'u4'].map((id) => ({ __typename: 'User', id })) }); // prettier-ignore
  });

  test('of what is nested deeper each level is one request', async () => {
    const query = '{ posts(first: 5) { edges { node { author { displayName } comments(first: 5) { edges { node { body author { displayName } } } } } } } }'; // prettier-ignore
    const { data, errors } = await ask(query);
    expect([errors, JSON.stringify(data).split('Name u').length - 1]).toEqual([undefined, 30]);
    expect(blog.asked).toHaveLength(1);
    expect(identity.asked.length).toBeLessThanOrEqual(2);
  });

  test('what one service can answer goes to it as it was written, and to no other', async () => {
    const query = 'query List($n: Int) { posts(first: $n) { edges { node { slug author { id } } } } }';
    const { data } = await ask(query, { variables: { n: 2 }, operationName: 'List' });
    expect(data).toEqual({
      posts: { edges: [0, 1].map((n) => ({ node: { slug: `post-${n}`, author: { id: `u${n}` } } })) },
    });
    expect(blog.asked).toMatchObject([{ query, variables: { n: 2 } }]);
    expect(calls()).toEqual([1, 0]);
  });

  test('from identity to blog and back', async () => {
    const query = '{ profile(username: "ada") { displayName posts(first: 3) { edges { node { title author { username } } } } } }'; // prettier-ignore
    const { data } = await ask(query);
    expect(data).toEqual({ profile: { displayName: 'Name ada', posts: { edges: [{ node: { title: 'Post 3', author: { username: 'name-u3' } } }] } } }); // prettier-ignore
    expect(calls()).toEqual([1, 2]);
  });

  test('the gateway answers for the graph itself', async () => {
    expect((await ask('{ __typename __type(name: "Post") { name } }')).data).toEqual({ __typename: 'Query', __type: { name: 'Post' } }); // prettier-ignore
    expect(calls()).toEqual([0, 0]);
  });

  test('a batch shares what it asks of the services', async () => {
    const answer = await post([{ query: '{ me { displayName } posts(first: 1) { edges { node { title } } } }' }, { query: '{ tags }' }, { query: '{ nothing }' }]); // prettier-ignore
    const [first, second, third] = (await answer.json()) as Answer[];
    expect([first!.data, second!.data]).toMatchObject([{ me: null, posts: { edges: [{ node: { title: 'Post 0' } }] } }, { tags: ['a', 'b'] }]); // prettier-ignore
    expect(third!.errors![0]!.extensions.code).toBe('http.bad-request');
  });

  test('a change is made once, by the service that owns it', async () => {
    const query =
      'mutation ($input: CommentInput!) { addComment(slug: "x", input: $input) { body author { displayName } } }';
    const { data } = await ask(query, { variables: { input: { body: 'Well said' } } });
    expect(data).toEqual({ addComment: { body: 'Well said', author: { displayName: 'Name u1' } } });
    expect(calls()).toEqual([1, 1]);
  });

  test('who is calling, the ids and the time that is left go along to each service', async () => {
    const hurried = await another({ ROUTE_CLASSES: '{"graph":{"deadlineMs":1500}}' });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const { authorization } = await hurried.someone('reader');
    const headers = { authorization, 'x-request-id': 'asked-by-me', traceparent, 'x-internal': 'forged' };
    const { data } = await ask('{ me { username posts { edges { node { id } } } } }', {}, headers, hurried);
    expect(data).toMatchObject({ me: { username: 'name-u9' } });
    for (const { headers: seen } of [...blog.asked, ...identity.asked]) {
      expect(seen).toMatchObject({ authorization, 'x-request-id': 'asked-by-me', traceparent: expect.stringContaining('4bf92f3577b34da6a3ce929d0e0e4736') }); // prettier-ignore
      expect(Number(seen['x-request-timeout-ms'])).toBeLessThanOrEqual(1_500);
      expect(Number(seen['x-request-timeout-ms'])).toBeGreaterThan(0);
      expect(seen['x-internal']).toBeUndefined();
    }
  });

  test('a line in the log says who asked, a stranger’s that nobody is known', async () => {
    const logs: string[] = [];
    const logging = await another({}, {}, logs);
    const { authorization, id } = await logging.someone('reader');
    await ask('{ tags }', {}, { authorization }, logging);
    await ask('{ tags }', {}, {}, logging);
    const lines = () => logs.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === 'request'); // prettier-ignore
    await until('both are logged', () => lines().length === 2);
    expect(lines().map(({ path, userId }) => [path, userId])).toEqual([['/graphql', id], ['/graphql', undefined]]); // prettier-ignore
  });

  test('declared and measured cost are told to who asks', async () => {
    const query = '{ posts(first: 3) { edges { node { title author { displayName } } } } }';
    const { extensions } = await ask(query, {}, { 'x-graphql-cost': '1' });
    expect(extensions).toEqual({ cost: { declared: 1 + 3 * 3, objects: 2 + 3 * 3 } });
    expect((await ask(query)).extensions).toBeUndefined();
    const alone = await ask('{ posts(first: 3) { edges { node { title } } } }', {}, { 'x-graphql-cost': '1' });
    expect(alone).toMatchObject({ data: { posts: { edges: [{ node: { title: 'Post 0' } }, {}, {}] } }, extensions: { cost: { declared: 1 + 3 * 2, objects: 2 + 3 * 2 } } }); // prettier-ignore
  });
});

describe('a service in trouble', () => {
  test('the fields of one that is down say so; the others answer', async () => {
    const without = await another({}, { identity: GONE });
    const { data, errors } = await ask('{ me { username } posts(first: 2) { edges { node { title author { id displayName } } } } }', {}, {}, without); // prettier-ignore
    expect(data).toMatchObject({ me: null, posts: { edges: [{ node: { title: 'Post 0', author: { id: 'u0', displayName: null } } }, { node: { title: 'Post 1' } }] } }); // prettier-ignore
    expect(errors!.length).toBeGreaterThanOrEqual(2);
    for (const error of errors!)
      expect(error).toEqual({ message: 'identity is unavailable', path: expect.any(Array), extensions: { code: 'gateway.upstream-unavailable', status: 503 } }); // prettier-ignore
    const alone = await ask('{ me { username } }', {}, {}, without);
    expect(alone).toMatchObject({ data: { me: null }, errors: [{ path: ['me'], extensions: { status: 503 } }] });
  });

  test.each([
    ['an answer that is not JSON', 200, '<html>Error at 10.0.0.1</html>', 'http.bad-gateway', 502],
    ['half an answer', 200, '{"data":{"me":{"username":"a"}', 'http.bad-gateway', 502],
    ['a problem of its HTTP door', 429, '{"title":"Slow down","status":429,"code":"request.too-many"}', 'request.too-many', 429], // prettier-ignore
    ['a bug', 200, '{"data":{"me":null},"errors":[{"message":"boom at x.ts:1","path":["me"],"extensions":{"stack":"secret"}}]}', 'http.internal-server-error', 500], // prettier-ignore
  ])('%s leaves as a code, without a stack or an address', async (_, status, body, code, expected) => {
    identityServer.answer = (_request, response) => response.writeHead(status).end(body);
    const { data, errors } = await ask('{ me { username } }');
    expect(data).toEqual({ me: null });
    expect(errors).toMatchObject([{ extensions: { code, status: expected } }]);
    expect(JSON.stringify(errors)).not.toMatch(/stack|secret|boom|10\.0\.0\.1|127\.0\.0\.1|node_modules/);
  });

  test('a code that a service gave arrives as it is, also through stitching', async () => {
    const error = { message: 'No such post', path: ['post'], extensions: { code: 'blog.post-not-found', status: 404, errors: [{ path: 'slug', message: 'x' }] } }; // prettier-ignore
    blogServer.answer = (_request, response) => response.end(JSON.stringify({ data: { post: null }, errors: [error] }));
    for (const query of ['{ post(slug: "a") { title } }', '{ post(slug: "a") { title author { displayName } } }'])
      expect(await ask(query)).toMatchObject({ data: { post: null }, errors: [error] });
  });

  test('one that does not answer in time is a 504 at its fields, and its request is cancelled', async () => {
    const cancelled = new Promise(
      (resolve) => (identityServer.answer = (request) => void request.socket.once('close', resolve)),
    );
    const hurried = await another({ ROUTE_CLASSES: '{"graph":{"deadlineMs":800}}' });
    const { data, errors } = await ask('{ me { username } tags }', {}, {}, hurried);
    expect(data).toEqual({ me: null, tags: ['a', 'b'] });
    expect(errors).toMatchObject([{ path: ['me'], extensions: { code: 'http.gateway-timeout', status: 504 } }]);
    await cancelled;
  });

  test('how long a client says it waits does not count: nobody makes a service look slow', async () => {
    const answer = await post({ query: '{ tags me { id } }' }, { 'x-request-timeout-ms': '1' });
    expect([answer.status, await answer.json()]).toEqual([200, { data: { tags: ['a', 'b'], me: null } }]);
    for (const { headers } of [...blog.asked, ...identity.asked])
      expect(Number(headers['x-request-timeout-ms'])).toBeGreaterThan(10_000);
    expect(calls()).toEqual([1, 1]);
  });

  test('a connection that is cut is tried once more for a query, never for a change', async () => {
    const cut = () => {
      blogServer.calls.length = 0;
      blogServer.answer = (request) => void request.socket.destroy();
    };
    cut();
    expect((await ask('{ tags }')).errors).toMatchObject([{ extensions: { code: 'gateway.upstream-unavailable' } }]);
    expect(blogServer.calls).toHaveLength(2);
    cut();
    const change = await ask('mutation { addComment(slug: "x", input: { body: "y" }) { id } }');
    expect(change.errors).toMatchObject([{ extensions: { code: 'gateway.outcome-unknown', status: 502 } }]);
    expect(blogServer.calls).toHaveLength(1);
  });
});

describe('persisted queries', () => {
  const query = '{ tags }';
  const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') };

  test('a hash is enough once its query has been seen, by this gateway or by another on the same Redis', async () => {
    const shared = await createTestRedis();
    const [one, two] = [await another({ REDIS_URL: shared.url }), await another({ REDIS_URL: shared.url })];
    await markRevocationsComplete(shared);
    const alone = await another();
    const unique = `query Q${Date.now()} { tags }`;
    const extensions = {
      persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(unique).digest('hex') },
    };
    const unknown = await post({ extensions }, {}, one);
    expect([unknown.status, await unknown.json()]).toMatchObject([200, { errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'graphql.persisted-query-not-found' } }] }]); // prettier-ignore
    expect(calls()).toEqual([0, 0]);
    expect((await ask(unique, { extensions }, {}, one)).data).toEqual({ tags: ['a', 'b'] });
    for (const knowing of [one, two])
      expect(await (await post({ extensions }, {}, knowing)).json()).toEqual({ data: { tags: ['a', 'b'] } });
    expect(((await (await post({ extensions }, {}, alone)).json()) as Answer).errors![0]!.message).toBe('PersistedQueryNotFound'); // prettier-ignore
    const url = `${one!.url}/graphql?extensions=${encodeURIComponent(JSON.stringify(extensions))}`;
    expect(await (await fetch(url, { headers: { accept: RESPONSE } })).json()).toEqual({ data: { tags: ['a', 'b'] } });
  });

  test('with Redis down each gateway goes on by itself', async () => {
    const lonely = await another({ REDIS_URL: 'redis://127.0.0.1:1' });
    const extensions = { persistedQuery };
    expect(((await (await post({ extensions }, {}, lonely)).json()) as Answer).errors![0]!.message).toBe('PersistedQueryNotFound'); // prettier-ignore
    expect((await ask(query, { extensions }, {}, lonely)).data).toEqual({ tags: ['a', 'b'] });
    expect(await (await post({ extensions }, {}, lonely)).json()).toEqual({ data: { tags: ['a', 'b'] } });
  });

  test('nobody has a query remembered under the hash of another, or one that is not valid', async () => {
    const wrong = await post({ query: '{ me { id } }', extensions: { persistedQuery } });
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { errors: [{ extensions: { code: 'graphql.persisted-query-mismatch' } }] }]); // prettier-ignore
    const invalid = '{ nothing }';
    const hash = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(invalid).digest('hex') } };
    await post({ query: invalid, extensions: hash });
    expect((await ask('', { query: undefined, extensions: hash })).errors![0]!.message).toBe('PersistedQueryNotFound');
  });

  test('in locked mode only what is listed is answered', async () => {
    const list = `${file}.operations.json`;
    writeFileSync(list, JSON.stringify({ [persistedQuery.sha256Hash]: query }));
    const locked = await another({ GRAPHQL_PERSISTED_ONLY: 'true', GRAPHQL_OPERATIONS: list });
    rmSync(list);
    expect(await (await post({ extensions: { persistedQuery } }, {}, locked)).json()).toEqual({ data: { tags: ['a', 'b'] } }); // prettier-ignore
    expect((await ask(query, {}, {}, locked)).data).toEqual({ tags: ['a', 'b'] });
    blog.asked.length = 0;
    for (const refused of ['{ tags tags }', '{ __schema { types { name } } }']) {
      const answer = await post({ query: refused }, {}, locked);
      expect([answer.status, await answer.json()]).toMatchObject([403, { errors: [{ extensions: { code: 'graphql.operation-not-listed' } }] }]); // prettier-ignore
    }
    expect(calls()).toEqual([0, 0]);
    expect((await fetch(`${locked.url}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(400);
  });
});

describe('over HTTP', () => {
  test('graphql-http finds nothing that must or should be otherwise', async () => {
    const results = await auditServer({ url: `${gateway.url}/graphql`, fetchFn: fetch });
    expect(results.length).toBeGreaterThan(60);
    const failed = results.filter(({ status }) => status !== 'ok').map(({ name, status }) => `${status}: ${name}`);
    // A GET that says nothing of itself could come from a link in somebody's page.
    expect(failed).toEqual(['notice: MAY accept application/x-www-form-urlencoded formatted GET requests']);
  });

  const get = (parameters: Record<string, string>, headers: Record<string, string>) =>
    fetch(`${gateway.url}/graphql?${new URLSearchParams(parameters)}`, { headers });

  test('a GET is answered when no page of another origin can have caused it', async () => {
    for (const headers of [{ accept: RESPONSE }, { accept: 'application/json' }, { 'apollo-require-preflight': '1' }, { 'x-requested-with': 'x' }])
      expect(await (await get({ query: '{ tags }' }, headers as object as Record<string, string>)).json()).toEqual({ data: { tags: ['a', 'b'] } }); // prettier-ignore
    blog.asked.length = 0;
    for (const accept of ['*/*', 'text/html,*/*;q=0.8', 'image/avif,image/webp,*/*']) {
      const refused = await get({ query: '{ tags }' }, { accept });
      expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'graphql.preflight-required' }]);
    }
    expect(calls()).toEqual([0, 0]);
  });

  test('what a form can send is not read', async () => {
    const body = JSON.stringify({ query: 'mutation { addComment(slug: "x", input: { body: "y" }) { id } }' });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect((await fetch(`${gateway.url}/graphql`, { method: 'POST', headers: { 'content-type': type }, body })).status).toBe(415); // prettier-ignore
    const change = await get({ query: 'mutation { addComment(slug: "x", input: { body: "y" }) { id } }' }, { accept: RESPONSE }); // prettier-ignore
    expect([change.status, change.headers.get('allow')]).toEqual([405, 'POST']);
    expect(calls()).toEqual([0, 0]);
  });

  test('statuses are those of the media type', async () => {
    const bad = { query: '{ nothing }' };
    expect([(await post(bad)).status, (await post(bad, { accept: RESPONSE })).status]).toEqual([200, 400]);
    expect((await post({ query: '{ tags }' }, { accept: 'image/png' })).status).toBe(406);
    expect((await fetch(`${gateway.url}/graphql`, { method: 'PUT' })).status).toBe(405);
    expect((await post({ query: 'query ($a: Int!) { posts(first: $a) { pageInfo { endCursor } } }', variables: { a: 'x' } }, { accept: RESPONSE })).status).toBe(400); // prettier-ignore
    expect(calls()).toEqual([0, 0]);
  });

  test('what is wrong with the parameters is named', async () => {
    const answer = await post({ query: 1, variables: [] });
    const problem = (await answer.json()) as { errors: { path: string }[] };
    expect([answer.status, problem.errors.map((each) => each.path)]).toEqual([400, ['query', 'variables']]);
    expect(await (await get({ query: '{ tags }', variables: '{' }, { accept: RESPONSE })).json()).toMatchObject({ code: 'request.invalid', errors: [{ path: 'variables' }] }); // prettier-ignore
    for (const body of ['null', '"x"', '[1]', '{"query":""}', '{"extensions":{"persistedQuery":{"version":2}}}'])
      expect((await post(body)).status).toBe(400);
  });

  test('introspection can be switched off, hints and GraphiQL with it', async () => {
    const closed = await another({ GRAPHQL_INTROSPECTION: 'false' });
    const refused = await post({ query: '{ __schema { queryType { name } } }' }, { accept: RESPONSE }, closed);
    expect([refused.status, await refused.json()]).toMatchObject([403, { errors: [{ extensions: { code: 'graphql.introspection-off' } }] }]); // prettier-ignore
    expect((await ask('{ post(slug: "a") { titel } }', {}, {}, closed)).errors![0]!.message).not.toContain('title');
    expect((await ask('{ post(slug: "a") { titel } }')).errors![0]!.message).toContain('title');
    expect((await ask('{ __typename }', {}, {}, closed)).data).toEqual({ __typename: 'Query' });
    expect((await fetch(`${closed.url}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(400);
    expect((await fetch(`${closed.url}/graphql/assets/start.js`)).status).toBe(404);
  });

  test('a browser gets GraphiQL, all of it from here', async () => {
    const page = await fetch(`${gateway.url}/graphql`, {
      headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    });
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(html).not.toMatch(/<script>| on\w+="/);
    const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, address]) => address!);
    expect(files).toHaveLength(5);
    for (const address of files) {
      const answer = await fetch(gateway.url + address);
      expect([answer.status, (await answer.text()).length > 100]).toEqual([200, true]);
    }
  });
});
