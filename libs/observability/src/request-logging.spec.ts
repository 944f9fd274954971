import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { counter, createLogger, gauge, identifyCaller, metrics, propagationHeaders, requestLogging } from './index.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
let app: FastifyInstance;
let url: string;
let lines: Record<string, unknown>[];

beforeEach(async () => {
  lines = [];
  const logger = createLogger({
    name: 'test',
    level: 'debug',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  });
  app = fastify();
  requestLogging(app, { logger });
  await metrics(app);
  app.get('/api/v1/things/:id', async () => {
    identifyCaller('u-1');
    await setImmediate();
    logger.info('inside');
    return propagationHeaders();
  });
  app.post('/api/v1/things', async (request) => {
    logger.info('inside');
    return { ...propagationHeaders(), id: request.id };
  });
  app.get('/fails', () => Promise.reject(new Error('broken')));
  app.get('/hangs', () => new Promise(() => undefined));
  app.get('/health/live', () => 'ok');
  app.get('/s/:code', { config: { unnamed: true } as object }, () => 'ok');
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => app.close());

async function line(matching: (line: Record<string, unknown>) => boolean) {
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; await setImmediate()) {
    const found = lines.find((each) => each.msg === 'request' && matching(each));
    if (found) return found;
  }
  throw new Error(`no such line among ${JSON.stringify(lines)}`);
}

test('a route whose visitors are nobody’s business leaves their address out', async () => {
  await fetch(`${url}/s/abc`);
  expect(await line(({ route }) => route === '/s/:code')).not.toHaveProperty('remoteAddress');
  await fetch(`${url}/api/v1/things/7`);
  expect(await line(({ route }) => route === '/api/v1/things/:id')).toMatchObject({ remoteAddress: '127.0.0.1' });
});

test('one line per request, without its query, with the same ids as the lines from inside', async () => {
  const answer = await fetch(`${url}/api/v1/things/7?token=hush`, {
    headers: { 'x-request-id': 'mine', traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: 'v=1' },
  });
  const sent = (await answer.json()) as Record<string, string>;
  expect(answer.headers.get('x-request-id')).toBe('mine');
  const ids = { requestId: 'mine', traceId, spanId: expect.stringMatching(/^[0-9a-f]{16}$/), userId: 'u-1' };
  const written = await line(() => true);
  expect(written).toMatchObject({
    ...ids,
    level: 'info',
    method: 'GET',
    route: '/api/v1/things/:id',
    path: '/api/v1/things/7',
    status: 200,
    durationMs: expect.any(Number),
    bytes: Number(answer.headers.get('content-length')),
    remoteAddress: '127.0.0.1',
  });
  expect(JSON.stringify(lines)).not.toContain('hush');
  expect(lines.find(({ msg }) => msg === 'inside')).toMatchObject({ ...ids, spanId: written.spanId });
  expect(sent).toEqual({
    'x-request-id': 'mine',
    traceparent: `00-${traceId}-${written.spanId}-01`,
    tracestate: 'v=1',
  });
  expect(lines).toHaveLength(2);
});

test('the context holds after a body has been read', async () => {
  const bodies = ['a', 'b'.repeat(200_000)].map(async (text, index) => {
    const answer = await fetch(`${url}/api/v1/things`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': `r-${index}` },
      body: JSON.stringify({ text }),
    });
    expect(await answer.json()).toMatchObject({ id: `r-${index}`, 'x-request-id': `r-${index}` });
  });
  await Promise.all(bodies);
});

test.each(['', 'a b', 'é', 'x'.repeat(129)])('the request id %j is not taken over', async (id) => {
  const answer = await fetch(`${url}/health/live`, { headers: { 'x-request-id': id } });
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('failures are warnings, health and metrics are for debugging, unknown paths have no route', async () => {
  await fetch(`${url}/fails`);
  expect(await line(({ path }) => path === '/fails')).toMatchObject({ level: 'warn', status: 500 });
  await fetch(`${url}/health/live`);
  expect(await line(({ path }) => path === '/health/live')).toMatchObject({ level: 'debug' });
  await fetch(`${url}/metrics`);
  expect(await line(({ path }) => path === '/metrics')).toMatchObject({ level: 'debug' });
  await fetch(`${url}/nowhere`);
  const unknown = await line(({ path }) => path === '/nowhere');
  expect(unknown).toMatchObject({ status: 404 });
  expect(unknown).not.toHaveProperty('route');
});

test('a client that goes away is one line too', async () => {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.end('GET /hangs HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(app.server, 'request');
  socket.destroy();
  const left = await line(({ path }) => path === '/hangs');
  expect(left).toMatchObject({ level: 'info', aborted: true });
  expect(left).not.toHaveProperty('status'); // 200 would be a lie
  const shown = await (await fetch(`${url}/metrics`)).text();
  expect(shown).toContain('_count{method="GET",route="/hangs",status="aborted"} 1');
});

test('metrics are counted by method, route pattern and class of status', async () => {
  await fetch(`${url}/api/v1/things/7`);
  await fetch(`${url}/api/v1/things/8`);
  await fetch(`${url}/nowhere`);
  await line(({ path }) => path === '/nowhere');
  const shown = await (await fetch(`${url}/metrics`)).text();
  expect(shown).toContain(
    'http_server_request_duration_seconds_count{method="GET",route="/api/v1/things/:id",status="2xx"} 2',
  );
  expect(shown).toContain('http_server_request_duration_seconds_count{method="GET",route="none",status="4xx"} 1');
  expect(shown).toContain('nodejs_eventloop_lag_seconds');
});

test('the build that runs is named, also where nobody has named it', async () => {
  const shown = await (await fetch(`${url}/metrics`)).text();
  expect(shown).toContain('build_info{service="unknown",version="development",revision="unknown"} 1\n');
  process.env.VERSION = '1.2.0';
  process.env.REVISION = 'abc123';
  const built = fastify();
  try {
    await metrics(built, 'blog');
    const { payload } = await built.inject('/metrics');
    expect(payload).toContain('build_info{service="blog",version="1.2.0",revision="abc123"} 1\n');
  } finally {
    await built.close();
    delete process.env.VERSION;
    delete process.env.REVISION;
  }
});

test('figures that others bring are read when they are asked for; machines that ask are not counted', async () => {
  let waiting = 1;
  let lost = 0;
  gauge('pool_connections', { help: 'x', label: 'state', read: () => ({ idle: 2, waiting }) });
  const lag: Record<string, number> = { blog: 3, links: 0 };
  gauge('lag_events', { help: 'x', label: 'topic', read: () => lag });
  gauge('feed_live', { help: 'x', read: () => 1 });
  counter('jobs_total', { help: 'x', label: 'job', read: () => ({ work: waiting }) });
  counter('lost_total', { help: 'x', read: () => lost });
  await fetch(`${url}/health/live`);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('lag_events{topic="blog"} 3\n');
  waiting = 7;
  delete lag.blog;
  lost = 2;
  const shown = await (await fetch(`${url}/metrics`)).text();
  expect(shown).toContain('pool_connections{state="idle"} 2\npool_connections{state="waiting"} 7\n');
  expect(shown).toContain('# TYPE feed_live gauge\nfeed_live 1\n');
  expect(shown).toContain('# TYPE jobs_total counter\njobs_total{job="work"} 7\n');
  expect(shown).toContain('# TYPE lost_total counter\nlost_total 2\n');
  expect(shown).toContain('lag_events{topic="links"} 0\n');
  expect(shown).not.toContain('lag_events{topic="blog"}');
  expect(shown).not.toMatch(/route="\/(health|metrics)/);
});
