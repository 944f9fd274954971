import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Controller, Get, Module, SetMetadata } from '@nestjs/common';
import { Field, ObjectType, Query, Resolver } from '@nestjs/graphql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { remainingMs } from '@cairn/observability';
import { createApplication, serve } from './application.ts';
import { subgraph } from './graphql.ts';

let app: NestFastifyApplication;
let url: string;
let held = Promise.withResolvers<void>();
let served: (number | undefined)[] = [];
let ended = 0;

async function wait() {
  served.push(remainingMs());
  await held.promise;
  ended++;
  return { done: true };
}

@SetMetadata('cairn:access', { kind: 'public' })
@Controller('held')
class HeldController {
  @Get()
  get() {
    return wait();
  }

  @Get('failing')
  async fail() {
    await wait();
    throw new Error('too late for this, too');
  }
}

@ObjectType()
class Done {
  @Field(() => Boolean)
  done!: boolean;
}

@Resolver(() => Done)
class HeldResolver {
  @Query(() => Done)
  held() {
    return wait();
  }
}

@Module({ imports: [subgraph()], controllers: [HeldController], providers: [HeldResolver] })
class TestModule {}

beforeAll(async () => {
  app = await createApplication({ name: 'test', title: 'Test', module: { module: TestModule } });
  await serve(app, 0, '127.0.0.1');
  url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
});
beforeEach(() => {
  held = Promise.withResolvers();
  served = [];
  ended = 0;
});
afterAll(() => app.close());

const get = (path: string, timeout?: string, init: RequestInit = {}) =>
  fetch(url + path, { ...init, headers: { ...init.headers, ...(timeout !== undefined && { 'x-request-timeout-ms': timeout }) } }); // prettier-ignore
const query = { method: 'POST', body: JSON.stringify({ query: '{ held { done } }' }), headers: { 'content-type': 'application/json' } }; // prettier-ignore

test.each([
  ['REST', '/api/v1/held', {}],
  ['REST that fails later', '/api/v1/held/failing', {}],
  ['GraphQL', '/graphql', query],
])('%s: who still waits when the time is over is answered at once, and only once', async (_door, path, init) => {
  const answer = await get(path, '60', init); // nobody lets go of the handler
  expect(answer.status).toBe(504);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(await answer.json()).toMatchObject({ code: 'request.deadline-exceeded', status: 504, requestId: answer.headers.get('x-request-id') }); // prettier-ignore
  held.resolve();
  while (ended < 1) await new Promise(setImmediate);
  expect((await get('/health/live')).status).toBe(200); // the late answer has harmed nobody
});

test('who is answered in time hears nothing more', async () => {
  held.resolve();
  const answer = await get('/api/v1/held', '5000');
  expect([answer.status, await answer.json()]).toEqual([200, { done: true }]);
  const [left] = served;
  expect(left).toBeGreaterThan(1_000);
  expect(left).toBeLessThanOrEqual(5_000);
});

test.each(['0', '-1', '1.5', 'soon', '1e3', '60001', '99999999999999999999', '1, 1', ''])(
  'a header that says %j says nothing',
  async (header) => {
    held.resolve();
    expect((await get('/api/v1/held', header)).status).toBe(200);
    expect((await get('/graphql', header, query)).status).toBe(200);
    expect(served).toEqual([undefined, undefined]);
  },
);
