import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { standIn, startGateway } from './stand-in.ts';

const MiB = 1_048_576;
const plenty = { burst: 1_000_000, perMinute: 1_000_000 };
let blog: Awaited<ReturnType<typeof standIn>>;
let identity: Awaited<ReturnType<typeof standIn>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  [blog, identity] = await Promise.all([standIn(), standIn()]);
  await start();
});
async function start() {
  gateway = await startGateway(
    {
      blog: {
        origins: [blog.origin],
        routes: ['/api/v1/posts', '/feeds'],
        classes: { 'POST /api/v1/posts/import': 'upload', 'GET /api/v1/posts/slow': 'hurried' },
        anyOrigin: ['/api/v1/posts/embedded'],
      },
      identity: { origins: [identity.origin], routes: ['/api/v1/users', '/.well-known/jwks.json'] },
    },
    {
      CORS_ORIGINS: 'https://example.org',
      ROUTE_CLASSES: JSON.stringify({
        read: plenty,
        write: plenty,
        hurried: { deadlineMs: 300, maxBody: MiB, exact: false, retries: true, ...plenty },
        upload: { deadlineMs: 5_000, maxBody: 8 * MiB, ...plenty },
      }),
    },
  );
}
beforeEach(() => {
  blog.reset();
  identity.reset();
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([blog.stop(), identity.stop()]);
});

const get = (path: string, init?: RequestInit) => fetch(gateway.url + path, init);
const until = async (condition: () => boolean) => {
  for (const end = Date.now() + 5_000; !condition(); await setTimeout(5))
    if (Date.now() > end) throw new Error(`never came true: ${condition}`);
};
async function problem(answer: Response, status: number) {
  const body = (await answer.json()) as Record<string, unknown>;
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(body).toMatchObject({ status, code: expect.any(String), requestId: answer.headers.get('x-request-id') });
  return body;
}

describe('what is routed', () => {
  test('goes to the service that owns it, unchanged, and its answer comes back', async () => {
    const sent = await get('/api/v1/posts/caf%C3%A9%2Fau%20lait?q=a%20b&x=1', {
      method: 'PATCH',
      headers: { 'content-type': 'application/merge-patch+json', 'if-match': '"1-a"' },
      body: '{"a":1}',
    });
    expect(await sent.json()).toMatchObject({
      url: '/api/v1/posts/caf%C3%A9%2Fau%20lait?q=a%20b&x=1',
      method: 'PATCH',
      body: '{"a":1}',
      headers: { 'content-type': 'application/merge-patch+json', 'if-match': '"1-a"' },
    });
    expect(((await (await get('/.well-known/jwks.json')).json()) as { url: string }).url).toBe(
      '/.well-known/jwks.json',
    );
    expect([blog.calls.length, identity.calls.length]).toEqual([1, 1]);
  });

  test('statuses, headers and cookies are the service’s', async () => {
    blog.answer = (_request, response) =>
      response
        .writeHead(
          301,
          [
            ['location', '/api/v1/posts/new'],
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
            ['keep-alive', 'timeout=99'],
            ['connection', 'x-private'],
            ['x-private', 'hop'],
          ].flat(),
        )
        .end();
    const answer = await get('/api/v1/posts/old', { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location'), answer.headers.getSetCookie()]).toEqual([
      301,
      '/api/v1/posts/new',
      ['a=1', 'b=2'],
    ]);
    expect(answer.headers.has('x-private')).toBe(false);
    blog.answer = (_request, response) => response.writeHead(200, { 'content-length': '12', etag: '"1"' }).end();
    const head = await get('/api/v1/posts/x', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), head.headers.get('etag')]).toEqual([200, '12', '"1"']);
    blog.answer = (_request, response) => response.writeHead(304, { etag: '"1"' }).end();
    expect((await get('/api/v1/posts/x', { headers: { 'if-none-match': '"1"' } })).status).toBe(304);
  });

  test.each([
    '/api/v1/postsX',
    '/API/v1/posts',
    '/api/v1/Posts',
    '//api/v1/posts',
    '/api//v1/posts',
    '/api/v1/p%6fsts',
    '/api%2fv1/posts',
    '/api/v1/posts/../users',
    '/api/v1/posts/%2e%2e/%2e%2e/%2e%2e/internal/users',
    '/api/v1/posts/..%2f..%2f..%2finternal',
    '/api/v1/posts/..\\..\\internal',
    '/api/v1/posts/../../../internal/x',
    '/internal/users',
    '/metrics',
    '/api/v1/service-tokens',
    '/api/v1/tokens',
  ])('%s reaches nobody', async (path) => {
    const { status, head, body } = await gateway.raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(status).toBe(404);
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status: 404 });
    expect([...blog.calls, ...identity.calls]).toHaveLength(0);
  });

  test('a path that cannot be decoded is a 400', async () => {
    const { status, body } = await gateway.raw(
      'GET /api/v1/posts/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect([status, JSON.parse(body).status]).toEqual([400, 400]);
    expect(blog.calls).toHaveLength(0);
  });
});

describe('where a request comes from', () => {
  const seen = async (headers: Record<string, string>, url = gateway.url) =>
    ((await (await fetch(`${url}/api/v1/posts`, { headers })).json()) as { headers: Record<string, string> }).headers;

  test('is said by the gateway, not by the client', async () => {
    const headers = await seen({
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'for=10.0.0.1',
      'x-real-ip': '10.0.0.1',
    });
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': new URL(gateway.url).host,
    });
    expect(JSON.stringify(headers)).not.toMatch(/10\.0\.0\.1|evil/);
  });

  test('is believed of a trusted peer, up to the first that is not', async () => {
    const behind = await startGateway(
      { blog: { origins: [blog.origin], routes: ['/api/v1/posts'] } },
      { TRUSTED_PROXIES: '127.0.0.1' },
    );
    const headers = await seen({ 'x-forwarded-for': '6.6.6.6, 203.0.113.7', 'x-forwarded-proto': 'https' }, behind.url);
    await behind.stop();
    expect(headers).toMatchObject({ 'x-forwarded-for': '203.0.113.7, 127.0.0.1', 'x-forwarded-proto': 'https' });
  });

  test('request id and trace are taken over when valid, made when not, passed on and echoed', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const valid = await get('/api/v1/posts', {
      headers: { 'x-request-id': 'mine', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    });
    const { headers } = (await valid.json()) as { headers: Record<string, string> };
    expect(valid.headers.get('x-request-id')).toBe('mine');
    expect(headers['x-request-id']).toBe('mine');
    expect(headers.traceparent).toMatch(new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
    const forged = await seen({ 'x-request-id': 'a b', traceparent: 'nonsense', tracestate: 'x=1' });
    expect(forged['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(forged.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(forged).not.toHaveProperty('tracestate');
  });

  test('a trace goes on as W3C Trace Context says: several tracestate are one list, what is malformed or oversized begins anew', async () => {
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const sent = async (fields: string[]) => {
      const { body } = await gateway.raw(
        ['GET /api/v1/posts HTTP/1.1', 'Host: x', 'Connection: close', ...fields, '', ''].join('\r\n'),
      );
      return (JSON.parse(body) as { headers: Record<string, string> }).headers;
    };
    const several = await sent([`traceparent: ${parent}`, 'tracestate: a=1', 'tracestate: b=2, c=3']);
    expect(several.traceparent).toContain(parent.slice(3, 35));
    expect(several.tracestate).toBe('a=1,b=2,c=3');
    const malformed = await sent([`traceparent: ${parent}`, 'tracestate: a=1, B=2']);
    expect(malformed.traceparent).toContain(parent.slice(3, 35));
    expect(malformed).not.toHaveProperty('tracestate');
    const tooMany = Array.from({ length: 33 }, (_, n) => `k${n}=1`).join(',');
    expect(await sent([`traceparent: ${parent}`, `tracestate: ${tooMany}`])).not.toHaveProperty('tracestate');
    for (const fields of [
      [`traceparent: ${parent}`, `traceparent: ${parent}`],
      [`traceparent: ${parent}-extra`],
      ['traceparent: x'],
    ]) {
      const anew = await sent([...fields, 'tracestate: a=1']);
      expect(anew.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(anew.traceparent).not.toContain(parent.slice(3, 35));
      expect(anew).not.toHaveProperty('tracestate');
    }
  });

  test('fields of the connection are not passed on', async () => {
    await gateway.raw(
      'GET /api/v1/posts HTTP/1.1\r\nHost: x\r\nConnection: close, x-secret\r\nX-Secret: 1\r\nTE: trailers\r\nProxy-Authorization: x\r\n\r\n',
    );
    expect(Object.keys(blog.calls[0]!.headers)).not.toEqual(expect.arrayContaining(['x-secret']));
    expect(blog.calls[0]!.headers).not.toHaveProperty('te');
    expect(blog.calls[0]!.headers).not.toHaveProperty('proxy-authorization');
  });
});

describe('bodies stream', () => {
  const chunk = Buffer.alloc(64 * 1024, 'x');

  test('up: the first bytes arrive before the last are sent, and all of them', async () => {
    let first = () => {};
    const begun = new Promise<void>((resolve) => (first = resolve));
    let received = 0;
    blog.answer = (request, response) => {
      request.on('data', (data: Buffer) => {
        received += data.length;
        first();
      });
      request.on('end', () => response.end(String(received)));
    };
    async function* upload() {
      yield chunk;
      await begun;
      for (let sent = 1; sent < 100; sent++) yield chunk;
    }
    const answer = await get('/api/v1/posts/import', {
      method: 'POST',
      body: upload() as never,
      duplex: 'half',
    } as RequestInit);
    expect(await answer.text()).toBe(String(100 * chunk.length));
  });

  test('down: at the pace of who reads', async () => {
    let written = 0;
    let stalled = false;
    blog.answer = (_request, response) => {
      const write = () => {
        while (written < 1024) {
          written++;
          if (!response.write(chunk)) {
            stalled = true;
            return void response.once('drain', write);
          }
        }
        response.end();
      };
      write();
    };
    const [response] = (await once(httpRequest(`${gateway.url}/feeds/all`).end(), 'response')) as [IncomingMessage];
    response.pause();
    await until(() => stalled);
    await setTimeout(200);
    expect(written).toBeLessThan(512); // of 64 MiB no more than the buffers on the way hold
    let read = 0;
    for await (const data of response) read += (data as Buffer).length;
    expect(read).toBe(1024 * chunk.length);
  });

  test('a client that leaves ends the upstream’s work', async () => {
    let left = false;
    blog.answer = (_request, response) => {
      response.write('some');
      response.once('close', () => (left = true));
    };
    const leaving = new AbortController();
    const answer = await get('/feeds/all', { signal: leaving.signal });
    leaving.abort();
    await answer.text().catch(() => undefined);
    await until(() => left);
  });

  test('so does one that leaves while it waits', async () => {
    let left = false;
    identity.answer = (_request, response) => void response.once('close', () => (left = true));
    const leaving = new AbortController();
    const answer = get('/api/v1/users', { signal: leaving.signal }).catch(() => undefined);
    await until(() => identity.calls.length === 1);
    leaving.abort();
    await answer;
    await until(() => left);
  });

  test('a service may answer before it has read all of a body', async () => {
    blog.answer = (_request, response) => response.writeHead(401).end('no');
    const body = Buffer.alloc(4 * MiB);
    const answer = await get('/api/v1/posts/import', { method: 'POST', body });
    expect([answer.status, await answer.text()]).toEqual([401, 'no']);
  });
});

describe('what goes wrong is a problem', () => {
  // One test's failures must not open the circuit of the next.
  beforeEach(async () => {
    await gateway.stop();
    await start();
  });

  test('a body that is too large, declared or not, is a 413', async () => {
    await problem(await get('/api/v1/posts', { method: 'POST', body: Buffer.alloc(MiB + 1) }), 413);
    expect(blog.calls).toHaveLength(0);
    blog.answer = (request: IncomingMessage, response: ServerResponse) =>
      void request.resume().on('end', () => response.end());
    async function* endless() {
      for (let sent = 0; sent < 64; sent++) yield Buffer.alloc(64 * 1024);
    }
    const answer = await get('/api/v1/posts', {
      method: 'POST',
      body: endless() as never,
      duplex: 'half',
    } as RequestInit);
    await problem(answer, 413);
    const allowed = await get('/api/v1/posts/import', { method: 'POST', body: Buffer.alloc(2 * MiB) });
    expect(allowed.status).toBe(200);
    await problem(await get('/api/v1/posts/import', { method: 'POST', body: Buffer.alloc(9 * MiB) }), 413);
  });

  test('a service that is too slow is a 504, and is no longer waited for', async () => {
    let left = false;
    blog.answer = (_request, response) => void response.once('close', () => (left = true));
    await problem(await get('/api/v1/posts/slow'), 504);
    await until(() => left);
  });

  test('a service that is down is a 503 with Retry-After, the others go on, and it comes back', async () => {
    const port = Number(new URL(blog.origin).port);
    await blog.stop();
    const answer = await get('/api/v1/posts');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await problem(answer, 503)).toMatchObject({
      code: 'gateway.upstream-unavailable',
      detail: 'blog is unavailable',
    });
    expect((await get('/api/v1/users')).status).toBe(200);
    const lost = await get('/api/v1/posts', { method: 'POST', body: '{}' });
    await problem(lost, 503);
    expect(lost.headers.get('retry-after')).toBe('1'); // nothing was sent: it is safe to send it again
    await blog.start(port);
    expect((await get('/api/v1/posts')).status).toBe(200);
  });

  test('who lost the answer to a change is not told that nothing happened', async () => {
    let done = 0;
    blog.answer = (request) => void request.resume().on('end', () => (done++, request.socket.destroy()));
    for (const method of ['POST', 'PATCH', 'DELETE']) {
      const answer = await get('/api/v1/posts', { method, ...(method !== 'DELETE' && { body: '{}' }) });
      expect(answer.headers.has('retry-after')).toBe(false);
      expect(await problem(answer, 502)).toMatchObject({ code: 'gateway.outcome-unknown' });
    }
    expect(done).toBe(3); // and is not sent a second time
  });

  test('a read whose connection is cut is asked for once more', async () => {
    expect((await get('/api/v1/posts')).status).toBe(200);
    const usual = blog.answer;
    blog.answer = (request) => void (request.socket.destroy(), (blog.answer = usual)); // as a service does that has been idle
    expect((await get('/api/v1/posts')).status).toBe(200);
    expect(blog.calls).toHaveLength(3);
    blog.answer = (request) => void request.socket.destroy();
    await problem(await get('/api/v1/posts'), 503);
    expect(blog.calls).toHaveLength(5);
  });

  test('a service that breaks off, or speaks something else, is not a success', async () => {
    blog.answer = (request) => void request.socket.destroy();
    await problem(await get('/api/v1/posts'), 503);
    blog.answer = (request) => void request.socket.end('SSH-2.0-OpenSSH\r\n\r\n');
    await problem(await get('/api/v1/posts'), 502);
    blog.answer = (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      void setTimeout(20).then(() => request.socket.destroy());
    };
    await expect(get('/api/v1/posts').then((answer) => answer.text())).rejects.toThrow();
  });

  test('what is not HTTP is a 400, unknown methods and oversized heads have their own status', async () => {
    for (const [message, status] of [
      ['NONSENSE\r\n\r\n', 400],
      ['GET /api/v1/posts HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
      ['GET /api/v1/posts HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ] as const) {
      const answer = await gateway.raw(message);
      expect(answer.status).toBe(status);
      expect(answer.head).toContain('application/problem+json');
      expect(JSON.parse(answer.body)).toMatchObject({ status, requestId: expect.any(String) });
    }
    expect(blog.calls).toHaveLength(0);
  });
});

test('it is ready when every service has been, and from then on while it can answer for the others', async () => {
  const [here, late] = [await standIn(), await standIn()];
  late.isReady = false;
  const own = await startGateway({
    here: { origins: [here.origin], routes: ['/api/v1/users'] },
    late: { origins: [late.origin], routes: ['/api/v1/posts'] },
  });
  const readiness = async () => {
    const answer = await fetch(`${own.url}/health/ready`);
    return [answer.status, await answer.json()];
  };
  expect(await readiness()).toMatchObject([503, { dependencies: { late: { status: 'unavailable', required: true } } }]);
  late.isReady = true;
  expect(await readiness()).toMatchObject([200, { status: 'ok' }]);
  await late.stop();
  expect(await readiness()).toMatchObject([
    200,
    { status: 'degraded', dependencies: { here: { status: 'ok' }, late: { status: 'unavailable', required: false } } },
  ]);
  await Promise.all([own.stop(), here.stop()]);
});

describe('for browsers', () => {
  test('CORS lets in the configured origins only', async () => {
    const preflight = (origin: string) =>
      get('/api/v1/posts', {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'authorization,if-match',
        },
      });
    const welcome = await preflight('https://example.org');
    expect(welcome.headers.get('access-control-allow-origin')).toBe('https://example.org');
    expect(welcome.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    const answer = await get('/api/v1/posts', { headers: { origin: 'https://example.org' } });
    expect(answer.headers.get('access-control-expose-headers')).toContain('ETag');
  });

  test('what is for any origin lets in all, without credentials, and no path beside it', async () => {
    const origin = 'https://anywhere.example';
    const preflight = (path: string) =>
      get(path, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const welcome = await preflight('/api/v1/posts/embedded');
    expect([welcome.status, welcome.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    expect(welcome.headers.get('access-control-allow-headers')).toContain('Content-Type');
    expect(welcome.headers.get('access-control-allow-credentials')).toBeNull();
    expect((await preflight('/api/v1/posts/embedded/not')).headers.get('access-control-allow-origin')).toBeNull();
    blog.answer = (_request, response) => response.setHeader('access-control-allow-origin', '*').end();
    const { headers } = await get('/api/v1/posts/embedded', { method: 'POST', headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBe('*'); // once, though the service says it too
  });

  test('answers carry security headers', async () => {
    const { headers } = await get('/api/v1/posts');
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

test('closing waits for what is in flight and takes nothing new', async () => {
  const own = await startGateway({ blog: { origins: [blog.origin], routes: ['/api/v1/posts'] } });
  let finish = () => {};
  blog.answer = (_request, response) => void (finish = () => response.end('finished'));
  const slow = fetch(`${own.url}/api/v1/posts`);
  await until(() => blog.calls.length === 1);
  const closed = own.stop();
  await setTimeout(50);
  finish();
  expect(await (await slow).text()).toBe('finished');
  await closed;
  await expect(fetch(`${own.url}/health/live`)).rejects.toThrow();
});
