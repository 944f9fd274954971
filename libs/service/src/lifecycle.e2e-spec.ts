import { afterEach, expect, test } from '@jest/globals';
import { Controller, Get, Injectable, Module, Post, SetMetadata } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '@cairn/observability';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createApplication, serve } from './application.ts';
import { Dependency } from './dependency.decorator.ts';
import { Lifecycle } from './lifecycle.service.ts';
import { Job } from './job.decorator.ts';

let order: string[] = [];
let held = Promise.withResolvers<void>();
let app: NestFastifyApplication;
let lines: Record<string, unknown>[] = [];

@Dependency({ name: 'store', required: true })
@Injectable()
class Store {
  broken = false;
  open = async () => void order.push('store opens');
  close = async () => void order.push('store closes');
  async check() {
    if (this.broken) throw new Error('gone');
  }
}

@Job({ name: 'work', everyMs: 1 })
@Injectable()
class Work {
  async run(stopping: AbortSignal) {
    if (order.includes('job begins')) return;
    order.push('job begins');
    await held.promise;
    order.push(`job ends, stopping: ${stopping.aborted}`);
  }
}

@SetMetadata('cairn:access', { kind: 'public' })
@Controller('slow')
class SlowController {
  @Get()
  async get() {
    order.push('request begins');
    await held.promise;
    order.push('request ends');
    return { done: true };
  }

  @Post()
  take() {
    order.push('body arrives');
  }
}

@Module({ providers: [Store, Work], controllers: [SlowController] })
class TestModule {}

async function start(level: 'info' | 'error' = 'info'): Promise<string> {
  order = [];
  held = Promise.withResolvers();
  lines = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const logger = createLogger({ name: 'test', level, destination });
  app = await createApplication({ name: 'test', title: 'Test', module: { module: TestModule }, metrics: true, logger });
  await serve(app, 0, '127.0.0.1');
  return (await app.getUrl()).replace('[::1]', '127.0.0.1');
}
afterEach(() => app.close());

test('a service that stops takes no new work and finishes what is in flight before it closes what that uses', async () => {
  const url = await start();
  const slow = fetch(`${url}/api/v1/slow`);
  while (!order.includes('request begins') || !order.includes('job begins')) await new Promise(setImmediate);
  const closed = app.close();
  await expect(
    (async () => {
      for (;;) await fetch(`${url}/health/live`, { headers: { connection: 'close' } });
    })(),
  ).rejects.toThrow('fetch failed');
  held.resolve();
  expect(await (await slow).json()).toEqual({ done: true });
  await closed;
  expect(order.at(0)).toBe('store opens');
  expect(order).toContain('job ends, stopping: true');
  expect(order).toContain('request ends');
  expect(order.at(-1)).toBe('store closes');
});

test('readiness names the dependency that is gone, and the log says why; liveness does not care', async () => {
  const url = await start();
  held.resolve();
  const figures = await (await fetch(`${url}/metrics`)).text();
  expect(figures).toContain('job_failures_total{job="work"} 0');
  expect(figures).toContain('build_info{service="test",');
  app.get(Store, { strict: false }).broken = true;
  const ready = await fetch(`${url}/health/ready`);
  expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await ready.json()).toMatchObject({
    status: 'unavailable',
    dependencies: { store: { status: 'unavailable' } },
  });
  await fetch(`${url}/health/ready`);
  app.get(Store, { strict: false }).broken = false;
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(lines.filter(({ context }) => context === 'Health')).toMatchObject([
    { level: 'warn', msg: 'The dependency store is unavailable, and was ok', err: { message: 'gone' } },
    { level: 'warn', msg: 'The dependency store is ok, and was unavailable' },
  ]);
  expect((await fetch(`${url}/health/live`, { headers: { authorization: 'Bearer x' } })).status).toBe(200);
});

test('a scrape asks each dependency, also where nobody asks for readiness', async () => {
  const url = await start();
  held.resolve();
  const shown = async () => /^dependency_up.*$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[0];
  expect(await shown()).toBe('dependency_up{dependency="store"} 1');
  app.get(Store, { strict: false }).broken = true;
  expect(await shown()).toBe('dependency_up{dependency="store"} 0');
  expect(lines.filter(({ context }) => context === 'Health')).toHaveLength(1);
});

test('a logger for errors alone gets no warnings', async () => {
  const url = await start('error');
  held.resolve();
  app.get(Store, { strict: false }).broken = true;
  await fetch(`${url}/health/ready`);
  expect(lines).toEqual([]);
});

test('who is slow to send a request does not keep a service from stopping; one that has arrived is finished', async () => {
  const url = await start();
  const connected = async (text: string): Promise<Socket> => {
    const socket = connect((app.getHttpServer().address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  };
  const slow = fetch(`${url}/api/v1/slow?secret=x`);
  await once(app.getHttpServer(), 'request');
  const endless = await Promise.all([
    connected('POST /api/v1/slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{'),
    connected('GET /api/v1/sl'),
    connected(''),
  ]);
  while (app.get(Lifecycle).unfinished().requests.length < 2) await new Promise(setImmediate);
  while (!order.includes('request begins') || !order.includes('job begins')) await new Promise(setImmediate);
  const hungUp = Promise.all(endless.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve))));
  const closed = app.close();
  await hungUp;
  while (app.get(Lifecycle).unfinished().requests.length > 1) await new Promise(setImmediate);
  expect(app.get(Lifecycle).unfinished()).toEqual({ requests: ['GET /api/v1/slow'], jobs: ['work'] });
  expect(order).not.toContain('body arrives');
  held.resolve();
  expect(await (await slow).json()).toEqual({ done: true });
  await closed;
});

test('a service that is about to stop says so, and still answers', async () => {
  const url = await start();
  held.resolve();
  await app.get(Lifecycle).announce(1);
  expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  const answer = await fetch(`${url}/api/v1/slow`);
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
});
