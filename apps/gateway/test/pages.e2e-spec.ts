import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { standIn, startGateway } from './stand-in.ts';

let blog: Awaited<ReturnType<typeof standIn>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;
const gone = 'http://127.0.0.1:1';

beforeAll(async () => {
  blog = await standIn();
  gateway = await startGateway({
    blog: { origins: [blog.origin], routes: ['/api/v1/posts', '/analytics'] },
    identity: { origins: [gone], routes: ['/api/v1/users'] },
  });
});
beforeEach(() => blog.reset());
afterAll(async () => {
  await gateway.stop();
  await blog.stop();
});
const get = (path: string, headers: Record<string, string> = {}) => fetch(gateway.url + path, { headers });

test('/docs is Swagger UI from local files with every service to pick', async () => {
  const index = await get('/docs');
  const html = await index.text();
  expect(index.headers.get('content-security-policy')).toContain("default-src 'self'");
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    expect(file).not.toMatch(/^(https?:)?\/\//);
    const answer = await get(new URL(file, `${gateway.url}/docs/`).pathname);
    expect([answer.status, (await answer.arrayBuffer()).byteLength > 0]).toEqual([200, true]);
  }
  const descriptions = await (await get('/docs/descriptions.js')).text();
  expect(descriptions).toBe(
    'window.descriptions = [{"name":"everything","url":"/openapi.json"},{"name":"blog","url":"/docs/blog.json"},{"name":"identity","url":"/docs/identity.json"}];\n',
  );
});

test.each([
  ['/openapi.json', '../openapi.json'],
  ['/docs/postman.json', '../postman.json'],
  ['/docs/asyncapi.json', '../../../docs/events/asyncapi.json'],
])('%s is the committed file, with an ETag', async (path, committed) => {
  const file = new URL(committed, import.meta.url);
  const answer = await get(path);
  expect(answer.headers.get('cache-control')).toBe('no-cache');
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(await answer.text()).toBe(await readFile(file, 'utf8'));
  const known = await get(path, { 'if-none-match': answer.headers.get('etag')! });
  expect([known.status, await known.text()]).toEqual([304, '']);
  expect(blog.calls).toEqual([]);
});

test('an API description comes from its service, with an ETag; one that is down leaves the others alone', async () => {
  const first = await get('/docs/blog.json');
  expect(await first.json()).toEqual(blog.description);
  expect((await get('/docs/blog.json', { 'if-none-match': first.headers.get('etag')! })).status).toBe(304);
  const down = await get('/docs/identity.json');
  expect(down.status).toBe(503);
  expect(down.headers.get('content-type')).toContain('application/problem+json');
  expect((await get('/docs/nothing.json')).status).toBe(404);
});

test('/docs/errors has an anchor for each code', async () => {
  const html = await (await get('/docs/errors')).text();
  expect(html).toContain('<tr id="blog.post-not-found">');
});

test('/ says what runs and where to go next, without script', async () => {
  const answer = await get('/');
  const html = await answer.text();
  expect(answer.headers.get('content-type')).toContain('text/html');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(html).not.toContain('<script');
  for (const found of ['blog', '/api/v1/posts', 'href="/docs/"', 'href="/health/ready"', 'href="/analytics"'])
    expect(html).toContain(found);
  expect(html).not.toContain('/s/{code}'); // no service has links here
});

test('readiness names each service and what it depends on', async () => {
  blog.readiness = { status: 'degraded', dependencies: { postgres: { status: 'ok', latencyMs: 1 } } };
  expect(await (await get('/health/live')).json()).toEqual({ status: 'ok' });
  const half = await get('/health/ready');
  expect(half.status).toBe(503);
  expect(await half.json()).toMatchObject({
    status: 'unavailable',
    dependencies: {
      blog: { status: 'degraded', latencyMs: expect.any(Number), dependencies: { postgres: { status: 'ok' } } },
      identity: { status: 'unavailable', required: true },
    },
  });
  const whole = await startGateway({ blog: { origins: [blog.origin], routes: [] } });
  const ready = await fetch(`${whole.url}/health/ready`);
  await whole.stop();
  expect([ready.status, ((await ready.json()) as { status: string }).status]).toEqual([200, 'degraded']);
});
