import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { standIn, startGateway } from './stand-in.ts';
import { until } from './until.ts';

let blog: Awaited<ReturnType<typeof standIn>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;
const logs: string[] = [];

beforeAll(async () => {
  blog = await standIn();
  blog.description = {
    paths: {
      '/api/v1/posts': { get: { security: [{}, { bearer: [] }] }, post: { security: [{ bearer: [] }] } },
      '/api/v1/posts/{slug}': { get: { security: [{}, { bearer: [] }] }, patch: { security: [{ bearer: [] }] } },
      '/api/v1/posts/log-in': { post: { security: [] } },
    },
  };
  gateway = await startGateway(
    { blog: { origins: [blog.origin], routes: ['/api/v1/posts'], unnamed: ['/api/v1/posts/embedded'] } },
    { HEADERS_TIMEOUT_MS: '1000', METRICS: 'true' },
    logs,
  );
});
beforeEach(() => {
  blog.reset();
  logs.length = 0;
});
afterAll(async () => {
  await gateway.stop();
  await blog.stop();
});

const get = (path: string, init?: RequestInit) => fetch(gateway.url + path, init);
const seen = async (init?: RequestInit) =>
  ((await (await get('/api/v1/posts', init)).json()) as { headers: Record<string, string> }).headers;

describe('hostile framing is refused, and reaches nobody', () => {
  const post = 'POST /api/v1/posts HTTP/1.1\r\nHost: x\r\n';
  const attacks: Record<string, string> = {
    'Content-Length beside Transfer-Encoding': `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'two lengths': `${post}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    'a length with a sign': `${post}Content-Length: +1\r\n\r\na`,
    'a list of lengths': `${post}Content-Length: 1, 1\r\n\r\na`,
    'another coding before chunked': `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    'another coding after chunked': `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    'a coding that only looks like chunked': `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    'a blank before the colon': `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    'chunks in HTTP/1.0': 'POST /api/v1/posts HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'a chunk that ends in a bare LF': `${post}Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n`,
    'a negative chunk': `${post}Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n`,
    'bare LF': 'GET /api/v1/posts HTTP/1.1\nHost: x\n\n',
    'bare LF within': 'GET /api/v1/posts HTTP/1.1\r\nHost: x\nA: b\r\n\r\n',
    'bare CR': 'GET /api/v1/posts HTTP/1.1\r\nHost: x\rA: b\r\n\r\n',
    'a folded field': 'GET /api/v1/posts HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n',
    'a NUL': 'GET /api/v1/posts HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n',
    'no Host': 'GET /api/v1/posts HTTP/1.1\r\n\r\n',
    'two Hosts': 'GET /api/v1/posts HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n',
    'a Host that is none': 'GET /api/v1/posts HTTP/1.1\r\nHost: a@b/c\r\n\r\n',
    'a fragment': 'GET /api/v1/posts#x HTTP/1.1\r\nHost: x\r\n\r\n',
    'a fragment behind a query': 'GET /api/v1/posts?a=b#x HTTP/1.1\r\nHost: x\r\n\r\n',
    'a fragment of an absolute target': 'GET http://x/api/v1/posts#x HTTP/1.1\r\nHost: x\r\n\r\n',
    'a flood of fields': `GET /api/v1/posts HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(200)}\r\n`,
    'a flood of bytes': `GET /api/v1/posts HTTP/1.1\r\nHost: x\r\nA: ${'b'.repeat(20_000)}\r\n\r\n`,
  };
  test.each(Object.entries(attacks))('%s', async (_, message) => {
    const { status, head, body } = await gateway.raw(message, { end: true });
    expect([400, 431, 501]).toContain(status);
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, requestId: expect.any(String) });
    expect(blog.calls).toHaveLength(0);
  });

  test('what follows a refused request on its connection is not taken for a request', async () => {
    const smuggled = 'GET /api/v1/posts/smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    for (const [, message] of Object.entries(attacks)) await gateway.raw(message + smuggled, { end: true });
    expect(blog.calls.filter(({ url }) => url?.includes('smuggled') && !url.startsWith('/api/v1/posts/smuggled'))).toEqual([]); // prettier-ignore
  });

  test('who sends a head one byte at a time is told 408, and hung up on', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    let came = '';
    socket.setEncoding('utf8').on('data', (chunk) => (came += chunk));
    socket.once('error', () => undefined); // what drips after the hang-up may be answered by a reset
    socket.write('GET /api/v1/posts HTTP/1.1\r\n');
    const drip = setInterval(() => socket.write('A: b\r\n'), 100);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(drip);
    expect(came).toMatch(/^HTTP\/1\.1 408 [^]*application\/problem\+json/);
    expect(blog.calls).toHaveLength(0);
  });
});

describe('a token is verified at the edge', () => {
  test('a route that its service declares for signed-in users is not asked without one', async () => {
    await until('the description has been read', async () => {
      blog.reset();
      return (await get('/api/v1/posts', { method: 'POST' })).status === 401 && blog.calls.length === 0;
    });
    const answer = await get('/api/v1/posts/x', { method: 'PATCH', body: '{}' });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(((await answer.json()) as { code: string }).code).toBe('http.unauthorized');
    expect(blog.calls).toHaveLength(0);
    expect((await get('/api/v1/posts')).status).toBe(200); // a public one is
    expect((await get('/api/v1/posts/x/unknown', { method: 'PUT' })).status).toBe(200); // what is not declared is for the service to refuse
  });

  test('one that is not good does not pass, though the route is public; where none is looked at, it does', async () => {
    const { authorization } = await gateway.someone('author');
    const forged = `${authorization.slice(0, -6)}AAAAAA`;
    expect((await get('/api/v1/posts', { headers: { authorization: forged } })).status).toBe(401);
    expect((await get('/api/v1/posts', { headers: { authorization: 'Basic eDp5' } })).status).toBe(401);
    expect(blog.calls).toHaveLength(0);
    const logIn = await get('/api/v1/posts/log-in', { method: 'POST', headers: { authorization: forged } });
    expect(logIn.status).toBe(200);
  });

  test('a good one is passed on, and who it is stands in the log', async () => {
    const ada = await gateway.someone('author');
    expect(await seen({ headers: { authorization: ada.authorization } })).toMatchObject({ authorization: ada.authorization }); // prettier-ignore
    await until('the line is written', async () => logs.length > 0);
    const lines = logs.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      ...{ method: 'GET', route: '/api/v1/posts', path: '/api/v1/posts', status: 200, userId: ada.id },
      ...{ upstream: 'blog', instance: blog.origin, remoteAddress: '127.0.0.1', requestId: expect.any(String) },
      ...{ traceId: expect.any(String), durationMs: expect.any(Number), upstreamMs: expect.any(Number) },
    });
  });

  test('of what is unnamed the line in the log does not say who it was', async () => {
    await get('/api/v1/posts/embedded/x?from=somebody');
    await get('/api/v1/posts/embeddedx');
    await until('the lines are written', async () => logs.length > 1);
    const lines = logs.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
    expect(lines.map(({ path, remoteAddress }) => [path, remoteAddress])).toEqual([
      ['/api/v1/posts/embedded/x', undefined],
      ['/api/v1/posts/embeddedx', '127.0.0.1'],
    ]);
    expect(logs.join()).not.toContain('somebody');
  });
});

describe('what the service gets to see', () => {
  test('nothing that poses as a word of the gateway', async () => {
    const headers = await seen({
      headers: {
        ...{ 'x-request-timeout-ms': '1', x_forwarded_for: '10.0.0.1', forwarded: 'for=10.0.0.1', 'x-real-ip': '10.0.0.1' }, // prettier-ignore
        'idempotency-key': 'mine',
      },
    });
    expect(JSON.stringify(headers)).not.toContain('10.0.0.1');
    expect(Number(headers['x-request-timeout-ms'])).toBeGreaterThan(10_000); // the deadline of the route is passed on
    expect(headers['idempotency-key']).toBe('mine');
    expect(headers.via).toBe('1.1 cairn-gateway');
    expect((await seen({ headers: { via: '1.0 fred' } })).via).toBe('1.0 fred, 1.1 cairn-gateway');
  });

  test('an absolute target means its path', async () => {
    const { status, body } = await gateway.raw('GET http://x/api/v1/posts?a=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'); // prettier-ignore
    expect([status, JSON.parse(body).url]).toEqual([200, '/api/v1/posts?a=1']);
  });
});

describe('an answer passes', () => {
  test('with its trailers, hints and fields, and Via', async () => {
    blog.answer = (_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.writeHead(200, { trailer: 'checksum' });
      response.write('body');
      response.addTrailers({ checksum: 'abc' });
      response.end();
    };
    const asking = httpRequest(`${gateway.url}/api/v1/posts`).end();
    const hints: unknown[] = [];
    asking.on('information', (hint) => hints.push(hint));
    const [response] = await once(asking, 'response');
    expect(await text(response)).toBe('body');
    expect(response.trailers).toEqual({ checksum: 'abc' });
    expect(response.headers).toMatchObject({ via: '1.1 cairn-gateway', trailer: 'checksum' });
    expect(hints).toMatchObject([{ statusCode: 103, headers: { link: '</a.css>; rel=preload' } }]);
  });

  test('event by event, as they come, however the client accepts it', async () => {
    let send = (_text: string) => {};
    blog.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      send = (event) => void response.write(event);
      send('data: 1\n\n');
    };
    const asking = httpRequest(`${gateway.url}/api/v1/posts`, { headers: { 'accept-encoding': 'gzip, br' } }).end();
    const [response] = await once(asking, 'response');
    response.setEncoding('utf8');
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      expect(await once(response, 'data')).toEqual([event]); // the next is sent only when this one is here
      send('data: 2\n\n');
    }
    asking.destroy();
  });
});

describe('Expect: 100-continue', () => {
  const ask = (length: number) =>
    httpRequest(`${gateway.url}/api/v1/posts/x`, {
      method: 'PUT',
      headers: { expect: '100-continue', 'content-length': length },
    });

  test('the body is asked for when the service is there to take it', async () => {
    const asking = ask(4);
    asking.flushHeaders();
    await once(asking, 'continue');
    asking.end('body');
    const [response] = await once(asking, 'response');
    expect(JSON.parse(await text(response))).toMatchObject({ body: 'body' });
  });

  test('and not when the request is refused anyway', async () => {
    let continued = false;
    const asking = ask(64 * 1_048_576).on('continue', () => (continued = true));
    asking.flushHeaders();
    const [response] = await once(asking, 'response');
    expect([response.statusCode, response.headers.connection, continued]).toEqual([413, 'close', false]);
    asking.destroy();
  });
});

describe('compression', () => {
  const json = JSON.stringify({ items: 'x'.repeat(5_000) });
  const answerWith = (headers: Record<string, string>) =>
    (blog.answer = (_request, response) => response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(json)); // prettier-ignore
  const raw = async (headers: Record<string, string> = {}) => {
    const [response] = await once(httpRequest(`${gateway.url}/api/v1/posts`, { headers }).end(), 'response');
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece as Buffer);
    return { headers: response.headers as Record<string, string>, body: Buffer.concat(pieces) };
  };

  test('as the client accepts it, with Vary and a weak ETag', async () => {
    answerWith({ etag: '"3-abc"', 'content-length': String(json.length), vary: 'Accept' });
    const br = await raw({ 'accept-encoding': 'gzip;q=0.5, br' });
    expect(br.headers).toMatchObject({ 'content-encoding': 'br', etag: 'W/"3-abc"', vary: 'Accept, Accept-Encoding' });
    expect(br.headers).not.toHaveProperty('content-length');
    expect(brotliDecompressSync(br.body).toString()).toBe(json);
    const gzip = await raw({ 'accept-encoding': 'gzip' });
    expect(gunzipSync(gzip.body).toString()).toBe(json);
    const plain = await raw({ 'accept-encoding': 'identity' });
    expect(plain.headers).toMatchObject({ etag: '"3-abc"', vary: 'Accept, Accept-Encoding' });
    expect(plain.body.toString()).toBe(json);
  });

  test('the weak ETag is good for an edit and for a conditional read', async () => {
    expect(await seen({ headers: { 'if-match': 'W/"3-abc", "4-x"' } })).toMatchObject({ 'if-match': '"3-abc", "4-x"' });
    blog.answer = (_request, response) => response.writeHead(304, { etag: '"3-abc"' }).end();
    const { headers } = await raw({ 'accept-encoding': 'br', 'if-none-match': 'W/"3-abc"' });
    expect(headers.etag).toBe('W/"3-abc"');
  });

  test.each([
    ['what holds a secret', { 'cache-control': 'no-store' }],
    ['what sets a cookie', { 'set-cookie': 'a=b' }],
    ['what is compressed', { 'content-encoding': 'gzip' }],
    ['what must not be changed', { 'cache-control': 'public, no-transform' }],
    ['a picture', { 'content-type': 'image/png' }],
  ])('not of %s', async (_, headers) => {
    answerWith(headers);
    const answer = await raw({ 'accept-encoding': 'gzip, br' });
    expect(answer.headers['content-encoding']).toBe((headers as Record<string, string>)['content-encoding']);
    expect(answer.body.toString()).toBe(json);
  });
});

test('rate, errors and duration are measured per route, never per path', async () => {
  await get('/api/v1/posts/one-of-a-million');
  blog.answer = (_request, response) => response.writeHead(500).end();
  await get('/api/v1/posts/another');
  await until('both are counted', async () => {
    const metrics = await (await get('/metrics')).text();
    expect(metrics).not.toContain('one-of-a-million');
    expect(metrics).toContain('gateway_circuit_open{upstream="blog"} 0');
    return ['2xx', '5xx'].every((status) =>
      new RegExp(`_count\\{method="GET",route="/api/v1/posts",status="${status}"\\} [1-9]`).test(metrics),
    );
  });
});
