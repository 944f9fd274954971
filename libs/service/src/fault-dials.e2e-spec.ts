import { afterEach, expect, test } from '@jest/globals';
import { Controller, Get, Module, SetMetadata } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication, serve } from './application.ts';

const SECRET = 'sixteen characters or more';
let app: NestFastifyApplication;
let url: string;
let served = 0;

@SetMetadata('cairn:access', { kind: 'public' })
@Controller('work')
class WorkController {
  @Get()
  get() {
    served++;
    return { done: true };
  }
}

@Module({ controllers: [WorkController] })
class TestModule {}

async function start(faultDialsSecret?: string) {
  served = 0;
  app = await createApplication({ name: 'test', title: 'Test', module: { module: TestModule }, faultDialsSecret });
  await serve(app, 0, '127.0.0.1');
  url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
}
afterEach(() => app.close());

const faults = (method: string, body?: object, authorization = `Bearer ${SECRET}`) =>
  fetch(`${url}/internal/v1/faults`, {
    method,
    headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
const work = (headers: Record<string, string> = {}) => fetch(`${url}/api/v1/work`, { headers });

test('without a secret there is no dial and no route', async () => {
  await start();
  for (const method of ['GET', 'PUT', 'DELETE']) expect((await faults(method)).status).toBe(404);
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object };
  expect(Object.keys(paths)).toEqual(['/api/v1/work']);
});

test('requests fail, are cut off and come late as dialled, health never, until it is off', async () => {
  await start(SECRET);
  expect(await (await faults('GET')).json()).toEqual({ dial: null });

  expect((await faults('PUT', { errors: 1 })).status).toBe(200);
  const failed = await work();
  expect(failed.status).toBe(500);
  expect(failed.headers.get('content-type')).toContain('application/problem+json');
  expect(await failed.json()).toMatchObject({ code: 'fault.injected' });
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(await (await faults('GET')).json()).toMatchObject({ dial: { errors: 1, secondsLeft: 120 } });

  await faults('PUT', { cut: 1 });
  await expect(work()).rejects.toThrow('fetch failed');
  expect(served).toBe(0);

  await faults('PUT', { latencyMs: 30 });
  const since = performance.now();
  expect((await work()).status).toBe(200);
  expect(performance.now() - since).toBeGreaterThanOrEqual(29);

  await faults('PUT', { latencyMs: 60_000, cut: 1 });
  const late = await work({ 'x-request-timeout-ms': '30' });
  expect(await late.json()).toMatchObject({ code: 'request.deadline-exceeded' });

  await faults('DELETE');
  expect((await work()).status).toBe(200);
  expect(served).toBe(2);
});

test('only who knows the secret turns it, and only to what there is', async () => {
  await start(SECRET);
  for (const authorization of ['', 'Bearer ', 'Bearer wrong', SECRET, `Bearer ${SECRET} `.slice(0, -2)])
    expect((await faults('PUT', { errors: 1 }, authorization)).status).toBe(401);
  const wrong: [object, string][] = [
    [{ errors: 1.1 }, 'errors'],
    [{ errors: -1 }, 'errors'],
    [{ cut: 'half' }, 'cut'],
    [{ errors: 0.6, cut: 0.6 }, 'cut'],
    [{ latencyMs: 60_001 }, 'latencyMs'],
    [{ latencyMs: 1.5 }, 'latencyMs'],
    [{ errors: 1, seconds: 0 }, 'seconds'],
    [{ errors: 1, seconds: 3_601 }, 'seconds'],
    [{ errors: 1, path: 'posts' }, 'path'],
    [{ errors: 1, latency: 5 }, 'latency'],
    [{}, 'latencyMs'],
  ];
  for (const [body, path] of wrong) {
    const answer = await faults('PUT', body);
    expect([body, answer.status]).toEqual([body, 400]);
    expect(await answer.json()).toMatchObject({
      code: 'request.invalid',
      errors: expect.arrayContaining([expect.objectContaining({ path })]),
    });
  }
  expect(await (await faults('GET')).json()).toEqual({ dial: null });
});
