import { freePort, Guardian, startRedis, stopChild, type RunningServer } from '@cairn/backing';
import { markRevocationsComplete } from '@cairn/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { standIn, startGateway } from './stand-in.ts';
import { until } from './until.ts';

type Gateway = Awaited<ReturnType<typeof startGateway>>;

let blog: Awaited<ReturnType<typeof standIn>>;
let redis: RunningServer;
const guardian = new Guardian();
let gateways: [Gateway, Gateway];
const folder = mkdtempSync(path.join(tmpdir(), 'cairn-limits-'));

/** Two gateways on one Redis of their own, which a test may stop. */
beforeAll(async () => {
  blog = await standIn();
  redis = await startRedis({ folder, port: await freePort(), onSpawn: (child) => guardian.watch(child, 'SIGTERM') });
  await markRevocationsComplete({ url: redis.url, drop: async () => {} });
  const start = () =>
    startGateway(
      { blog: { origins: [blog.origin], routes: ['/api/v1'], classes: { 'POST /api/v1/sessions': 'sign-in' } } },
      {
        REDIS_URL: redis.url,
        LIMITS_PATIENCE_MS: '5000', // the arithmetic does not depend on how busy the machine is
        TRUSTED_PROXIES: '127.0.0.1', // so that a test may choose from where it comes
        ROUTE_CLASSES: JSON.stringify({
          read: { burst: 50, perMinute: 6 },
          write: { burst: 5, perMinute: 6 },
          'sign-in': { burst: 10, perMinute: 6 },
        }),
      },
    );
  gateways = [await start(), await start()];
}, 30_000);
beforeEach(() => blog.reset());
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await Promise.all([blog.stop(), stopChild(redis.process, 'SIGKILL', 1_000)]);
  guardian.dismiss();
  rmSync(folder, { recursive: true, force: true });
});

let clients = 0;
/** An address that nobody has come from yet. */
const somewhere = () => `203.0.113.${++clients}`;
const ask = (gateway: Gateway, from: string, init: RequestInit = {}, target = '/api/v1/posts') =>
  fetch(gateway.url + target, { ...init, headers: { 'x-forwarded-for': from, ...init.headers } });

/** As many at once as are asked for, by turns through both gateways; how many were let through. */
async function passed(count: number, from: string, init?: RequestInit, target?: string): Promise<number> {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, n) => ask(gateways[n % 2]!, from, init, target).then(({ status }) => status)),
  );
  expect(answers.filter((status) => status !== 200 && status !== 429)).toEqual([]);
  return answers.filter((status) => status === 200).length;
}

test('the limit is one for both gateways, per class of routes; who exceeds it is told when to come back, and reaches nobody', async () => {
  const from = somewhere();
  const before = performance.now();
  const through = await passed(80, from);
  const mayHaveFlownIn = Math.ceil((performance.now() - before) / 10_000);
  expect(through).toBeGreaterThanOrEqual(50);
  expect(through).toBeLessThanOrEqual(50 + mayHaveFlownIn);
  expect(blog.calls).toHaveLength(through);
  const answer = await ask(gateways[0], from);
  expect(answer.status).toBe(429);
  expect(answer.headers.get('ratelimit-policy')).toBe('"read";q=50;w=500');
  expect(answer.headers.get('ratelimit')).toMatch(/^"read";r=0;t=\d+$/);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await answer.json()).toMatchObject({ status: 429, code: 'gateway.too-many-requests' });
  expect(await passed(4, from, { method: 'POST' })).toBe(4); // another class
  expect((await ask(gateways[0], somewhere())).headers.get('ratelimit')).toMatch(/^"read";r=49;t=/);
});

test('log-ins are counted one by one, exactly, over both', async () => {
  const before = performance.now();
  const through = await passed(40, somewhere(), { method: 'POST' }, '/api/v1/sessions');
  expect(through).toBeGreaterThanOrEqual(10);
  expect(through).toBeLessThanOrEqual(10 + Math.ceil((performance.now() - before) / 10_000));
});

test('another spelling of a path is of the same class', async () => {
  for (const target of ['/api/v1/sessions', '/api/v1/%73essions', '/api/v1/sessions?a=1'])
    expect((await ask(gateways[0], somewhere(), { method: 'POST' }, target)).headers.get('ratelimit-policy')).toContain('sign-in'); // prettier-ignore
});

test('who is signed in has a bucket of their own; a /64 has one', async () => {
  const from = somewhere();
  const ada = await gateways[0].someone('author');
  for (let n = 0; n < 5; n++) await ask(gateways[0], from, { method: 'POST' });
  expect((await ask(gateways[0], from, { method: 'POST' })).status).toBe(429);
  await ask(gateways[0], somewhere(), { headers: { authorization: ada.authorization } }); // verified, and remembered
  expect((await ask(gateways[0], from, { method: 'POST', headers: { authorization: ada.authorization } })).status).toBe(200); // prettier-ignore
  for (let n = 0; n < 5; n++) await ask(gateways[0], `2001:db8::${n}`, { method: 'POST' });
  expect((await ask(gateways[1], '2001:db8::ffff:1', { method: 'POST' })).status).toBe(429);
  expect((await ask(gateways[1], '2001:db8:0:1::1', { method: 'POST' })).status).toBe(200);
});

test('who makes tokens up is counted as a stranger, before they are verified', async () => {
  const from = somewhere();
  const headers = (n: number) => ({ authorization: `Bearer made.up.${n}` });
  const statuses: number[] = [];
  for (let n = 0; n < 8; n++) statuses.push((await ask(gateways[0], from, { method: 'POST', headers: headers(n) })).status); // prettier-ignore
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
});

test('without Redis each gateway limits by itself, the API goes on, and readiness says so', async () => {
  await stopChild(redis.process, 'SIGKILL', 1_000);
  const from = somewhere();
  const before = performance.now();
  const through = await passed(200, from);
  const mayHaveFlownIn = 2 * Math.ceil((performance.now() - before) / 10_000);
  expect(through).toBeGreaterThanOrEqual(50);
  expect(through).toBeLessThanOrEqual(100 + mayHaveFlownIn);
  await until('readiness names it', async () => {
    const { status, dependencies } = (await (await fetch(`${gateways[0].url}/health/ready`)).json()) as {
      status: string;
      dependencies: Record<string, { status: string }>;
    };
    return status === 'degraded' && dependencies['rate-limits']?.status === 'unavailable';
  });
});
