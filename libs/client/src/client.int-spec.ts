import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createClient, idempotencyKey, orThrow, Problem, type Client, type Schemas } from './index.ts';

const POST = { slug: 'on-cairns', title: 'On cairns' };
const requests: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
const bodies: string[] = [];
let answer: (response: ServerResponse) => void;
let origin: string;
const server = createServer(async (request, response) => {
  requests.push(request);
  bodies.push(await text(request));
  answer(response);
});
const json =
  (status: number, body: object, type = 'application/json') =>
  (response: ServerResponse) =>
    response.writeHead(status, { 'content-type': type, 'retry-after': '7' }).end(JSON.stringify(body));

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  requests.length = bodies.length = 0;
  answer = json(200, POST);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('what is sent', () => {
  test('is the method, the path, the query, the key and the body, with the token', async () => {
    answer = json(201, POST);
    const key = idempotencyKey();
    const body = { title: 'On cairns', body: 'Stones.' };
    const api = createClient({ origin, token: 'secret' });
    for (let tries = 0; tries < 2; tries++) await api.POST('/api/v1/posts', { body, params: { header: key } });
    await api.GET('/api/v1/posts', { params: { query: { limit: 5, q: 'a&b' } } });
    await api.DELETE('/api/v1/posts/{slug}', { params: { path: { slug: 'on/cairns' } } });
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /api/v1/posts',
      'POST /api/v1/posts',
      'GET /api/v1/posts?limit=5&q=a%26b',
      'DELETE /api/v1/posts/on%2Fcairns',
    ]);
    expect(bodies.slice(0, 2).map((sent) => JSON.parse(sent))).toEqual([body, body]);
    expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual([
      key['Idempotency-Key'],
      key['Idempotency-Key'],
      undefined,
      undefined,
    ]);
    expect(new Set(requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer secret']));
  });

  test('has no token where there is none, and the one of the moment where it changes', async () => {
    await createClient({ origin }).GET('/api/v1/posts');
    let token: string | undefined = 'first';
    const api = createClient({ origin, token: async () => token });
    await api.GET('/api/v1/posts');
    token = 'second';
    await api.GET('/api/v1/posts');
    token = undefined;
    await api.GET('/api/v1/posts');
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer first',
      'Bearer second',
      undefined,
    ]);
  });
});

describe('an answer', () => {
  const get = (api: Client) => api.GET('/api/v1/posts/{slug}', { params: { path: { slug: 'on-cairns' } } });

  test('is typed, and itself where it is a success', async () => {
    const post: Schemas['Post'] = await orThrow(get(createClient({ origin })));
    expect(post.title).toBe('On cairns');
  });

  test('without a body is one too', async () => {
    answer = (response) => response.writeHead(204).end();
    const deleted = createClient({ origin }).DELETE('/api/v1/posts/{slug}', { params: { path: { slug: 'x' } } });
    expect(await orThrow(deleted)).toBeUndefined();
  });

  test('that is a problem is returned with its code, or thrown', async () => {
    const details = { type: 'x', title: 'None', status: 404, code: 'blog.post-not-found', requestId: 'r1' };
    answer = json(404, details, 'application/problem+json; charset=utf-8');
    const { data, error } = await get(createClient({ origin }));
    expect([data, error?.code]).toEqual([undefined, 'blog.post-not-found']);
    const thrown = await orThrow(get(createClient({ origin }))).catch((caught: unknown) => caught);
    expect(thrown).toBeInstanceOf(Problem);
    expect(thrown).toMatchObject({ status: 404, code: 'blog.post-not-found', retryAfter: 7, details });
    expect((thrown as Problem).message).toBe('/api/v1/posts/on-cairns: 404 None');
  });

  test('of something in between is a problem too, whatever it says', async () => {
    answer = (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
    await expect(orThrow(get(createClient({ origin })))).rejects.toMatchObject({ code: 'http.502', details: {} });
    answer = (response) => response.writeHead(500).end();
    await expect(orThrow(get(createClient({ origin })))).rejects.toMatchObject({ code: 'http.500' });
  });

  test('that does not come is given up', async () => {
    answer = () => {};
    await expect(get(createClient({ origin, timeoutMs: 50 }))).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

/** Compiled, never run: `tsc` fails when one of these is right. */
export async function wrong(api: Client) {
  // @ts-expect-error there is no such path
  await api.GET('/api/v1/nothing');
  // @ts-expect-error a path that is not made up of its parameters
  await api.GET('/api/v1/posts/on-cairns');
  // @ts-expect-error the slug is missing
  await api.GET('/api/v1/posts/{slug}');
  // @ts-expect-error no PUT on this path
  await api.PUT('/api/v1/posts', { body: { title: 'A', body: 'B' } });
  // @ts-expect-error the title is missing
  await api.POST('/api/v1/posts', { body: { body: 'B' } });
  // @ts-expect-error a title is text
  await api.POST('/api/v1/posts', { body: { title: 1, body: 'B' } });
  // @ts-expect-error If-Match is required where people edit the same text
  await api.PATCH('/api/v1/posts/{slug}', { params: { path: { slug: 'x' } }, body: { title: 'A' } });
  // @ts-expect-error a page has no such field
  await orThrow(api.GET('/api/v1/posts')).then(({ rows }) => rows);
}
