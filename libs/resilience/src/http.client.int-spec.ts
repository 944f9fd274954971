import { DeadlineExceeded } from '@cairn/http/errors';
import { requestContext } from '@cairn/observability';
import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { createHttpClient, Overloaded, UpstreamUnavailable, type HttpClientOptions } from './index.ts';

let server: Server;
let origin: string;
let calls: IncomingMessage[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(() => Logger.overrideLogger(false));
beforeEach(async () => {
  calls = [];
  answer = (_request, response) => response.end('fine');
  server = createServer((request, response) => {
    calls.push(request);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const client = (options: Partial<HttpClientOptions> = {}) => createHttpClient({ name: 'identity', origin, ...options });
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse) =>
    response.writeHead(code, headers).end();
const gone = (request: IncomingMessage) => request.socket.destroy();

test('answers with what the other side says, 4xx and 500 too, in one attempt', async () => {
  const response = await client().fetch('/a?b=1');
  expect([response.status, await response.text(), calls[0]!.url]).toEqual([200, 'fine', '/a?b=1']);
  for (const code of [204, 301, 304, 404, 409, 500]) {
    answer = status(code, { location: '/elsewhere' });
    expect((await client().fetch('/')).status).toBe(code);
  }
  expect(calls).toHaveLength(7);
});

test('sends the ids of the request under way', async () => {
  const context = { requestId: 'r-1', traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: '01' };
  await requestContext.run(context, () => client().fetch('/', { headers: { authorization: 'Bearer x' } }));
  expect(calls[0]!.headers).toMatchObject({
    authorization: 'Bearer x',
    'x-request-id': 'r-1',
    traceparent: `00-${context.traceId}-${context.spanId}-01`,
  });
});

test.each(['//elsewhere/', 'http://elsewhere/'])('%s does not lead to another origin', async (path) => {
  await expect(client().fetch(path)).rejects.toThrow(TypeError);
});

describe('retries', () => {
  test.each(['GET', 'PUT', 'DELETE'])('%s after lost connections and 503', async (method) => {
    const failures = [gone, status(503)];
    answer = (request, response) => (failures.shift() ?? ((_q, r) => r.end('fine')))(request, response);
    const response = await client().fetch('/', { method, ...(method === 'PUT' && { body: '{}' }) });
    expect(await response.text()).toBe('fine');
    expect(calls).toHaveLength(3);
  });

  test.each(['POST', 'PATCH'])('never %s', async (method) => {
    answer = status(503);
    await expect(client().fetch('/', { method, body: '{}' })).rejects.toThrow(UpstreamUnavailable);
    expect(calls).toHaveLength(1);
  });

  test('no more often than told', async () => {
    answer = gone;
    await expect(client({ retries: 3 }).fetch('/')).rejects.toThrow(UpstreamUnavailable);
    expect(calls).toHaveLength(4);
  });

  test('not before Retry-After, and not at all when that lies behind the deadline', async () => {
    const failures = [status(503, { 'retry-after': '1' })];
    const times: number[] = [];
    answer = (request, response) => {
      times.push(performance.now());
      (failures.shift() ?? ((_q, r) => r.end('fine')))(request, response);
    };
    await client({ deadlineMs: 10_000 }).fetch('/');
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(990);

    answer = status(503, { 'retry-after': '60' });
    await expect(client().fetch('/')).rejects.toMatchObject({ retryAfter: 60 });
    expect(calls).toHaveLength(3);
  });
});

describe('the deadline', () => {
  test('ends a call that is not answered', async () => {
    answer = () => undefined;
    const error = await client({ deadlineMs: 100 })
      .fetch('/')
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UpstreamUnavailable);
    expect(error).toMatchObject({ message: 'identity is unavailable', problem: { kind: 'unavailable' } });
  });

  test('covers the body', async () => {
    answer = (_request, response) => void response.writeHead(200, { 'content-length': '10' }).write('half');
    await expect(client({ deadlineMs: 100 }).fetch('/')).rejects.toThrow(UpstreamUnavailable);
  });

  test('covers waiting for a place: a call that has ended there does not reach the other side', async () => {
    const held: ServerResponse[] = [];
    answer = (_request, response) => void held.push(response);
    const slow = client({ deadlineMs: 10_000, bulkhead: { concurrency: 1, queue: 1 } });
    const first = slow.fetch('/first');
    const giving = new AbortController();
    const second = slow.fetch('/second', { signal: giving.signal });
    await once(server, 'request');
    giving.abort(new RangeError('mine'));
    await expect(second).rejects.toThrow(RangeError);
    held[0]!.end('fine');
    await first;
    answer = (_request, response) => response.end('fine');
    await slow.fetch('/third');
    expect(calls.map(({ url }) => url)).toEqual(['/first', '/third']);
  });
});

describe('the deadline of the request under way', () => {
  const within = <T>(milliseconds: number, work: () => T) => {
    const deadline = performance.now() + milliseconds;
    return requestContext.run({ requestId: 'r', traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: '01', deadline }, work); // prettier-ignore
  };
  const sent = () => calls.map(({ headers }) => Number(headers['x-request-timeout-ms']));

  test('is sent on, and never more than the call itself would take', async () => {
    await client({ deadlineMs: 10_000 }).fetch('/');
    await within(5_000, () => client({ deadlineMs: 10_000 }).fetch('/'));
    await within(5_000, () => client({ deadlineMs: 1_000 }).fetch('/'));
    const [own, callers, ownAgain] = sent();
    expect([own! > 5_000, own! <= 10_000]).toEqual([true, true]);
    expect([callers! > 1_000, callers! <= 5_000]).toEqual([true, true]);
    expect(ownAgain).toBeLessThanOrEqual(1_000);
  });

  test('shrinks from attempt to attempt', async () => {
    const failures = [status(503, { 'retry-after': '1' })];
    answer = (request, response) => (failures.shift() ?? ((_q, r) => r.end('fine')))(request, response);
    await within(20_000, () => client({ deadlineMs: 10_000 }).fetch('/'));
    expect(sent()[0]! - sent()[1]!).toBeGreaterThanOrEqual(990);
  });

  test('cuts the call, and the other side is not blamed: no hurry of a caller opens the breaker', async () => {
    const breaker = { failures: 1, halfOpenAfterMs: 60_000 };
    const slow = client({ deadlineMs: 60_000, breaker });
    answer = () => undefined;
    await expect(within(50, () => slow.fetch('/'))).rejects.toThrow(DeadlineExceeded);
    answer = (_request, response) => response.end('fine');
    expect((await slow.fetch('/')).status).toBe(200);
  });

  test('that is over already: no call is made', async () => {
    await expect(within(0, () => client().fetch('/'))).rejects.toThrow(DeadlineExceeded);
    expect(calls).toEqual([]);
  });
});

test('the caller may give up: its own reason, no failure of the other side', async () => {
  answer = () => undefined;
  const impatient = client({ breaker: { failures: 1, halfOpenAfterMs: 60_000 } });
  const giving = new AbortController();
  const call = impatient.fetch('/', { signal: giving.signal });
  await once(server, 'request');
  giving.abort(new RangeError('mine'));
  await expect(call).rejects.toThrow(RangeError);
  answer = (_request, response) => response.end('fine');
  expect((await impatient.fetch('/')).status).toBe(200);
});

describe('the breaker', () => {
  const options = { retries: 0, breaker: { failures: 3, halfOpenAfterMs: 200 } };

  test('keeps calls from a side that fails, and lets them through when it works again', async () => {
    const broken = client(options);
    answer = status(503);
    for (let failure = 0; failure < 3; failure++) await expect(broken.fetch('/')).rejects.toThrow(UpstreamUnavailable);
    expect(calls).toHaveLength(3);
    await expect(broken.fetch('/')).rejects.toMatchObject({ retryAfter: 1 });
    await expect(broken.fetch('/', { method: 'POST' })).rejects.toThrow(UpstreamUnavailable);
    expect(calls).toHaveLength(3); // not asked while open

    answer = (_request, response) => response.end('fine');
    await setTimeout(210);
    const some = await Promise.all([broken.fetch('/'), broken.fetch('/'), broken.fetch('/')]);
    expect(some.map((response) => response.status)).toEqual([200, 200, 200]);
    expect(calls).toHaveLength(6);
  });

  test('stays open when the one call that tries fails', async () => {
    const broken = client(options);
    answer = gone;
    for (let failure = 0; failure < 3; failure++) await expect(broken.fetch('/')).rejects.toThrow(UpstreamUnavailable);
    await setTimeout(210);
    await Promise.allSettled([broken.fetch('/'), broken.fetch('/'), broken.fetch('/')]);
    expect(calls).toHaveLength(4);
  });

  test('answers with 4xx and 500 are no failures', async () => {
    const fine = client(options);
    for (const code of [400, 404, 500, 500, 500, 500]) {
      answer = status(code);
      expect((await fine.fetch('/')).status).toBe(code);
    }
  });
});

describe('the headers of each attempt', () => {
  const options = { retries: 0, deadlineMs: 100, breaker: { failures: 2, halfOpenAfterMs: 60_000 } };

  test('may hang no longer than the deadline, and hanging opens the breaker', async () => {
    let asked = 0;
    const broken = client({ ...options, headers: () => (asked++, new Promise(() => undefined)) });
    for (let call = 0; call < 3; call++) {
      await expect(broken.fetch('/')).rejects.toThrow(UpstreamUnavailable);
      await setImmediate(); // the caller hears of the deadline first
    }
    expect([asked, calls.length]).toEqual([2, 0]);
  });

  test('that cannot be had are a failure like others: another attempt, then UpstreamUnavailable', async () => {
    let failures = 1;
    const headers = async () => {
      if (failures-- > 0) throw new Error('no token');
      return { authorization: 'Bearer x' };
    };
    expect((await client({ headers }).fetch('/')).status).toBe(200);
    expect(calls.map((call) => call.headers.authorization)).toEqual(['Bearer x']);
    failures = 1;
    await expect(client({ headers, retries: 0 }).fetch('/')).rejects.toThrow(UpstreamUnavailable);
  });

  test('give their place back when they hang', async () => {
    const hanging = { headers: () => new Promise<never>(() => undefined), bulkhead: { concurrency: 1, queue: 0 } };
    const broken = client({ ...options, ...hanging });
    for (let call = 0; call < 2; call++) {
      await expect(broken.fetch('/')).rejects.toThrow(UpstreamUnavailable);
      await setImmediate();
    }
  });

  test('are asked for once more after a 401, when there is a way to forget them', async () => {
    let token = 'old';
    const headers = async () => ({ authorization: token });
    answer = (request, response) => response.writeHead(request.headers.authorization === 'new' ? 200 : 401).end();
    expect((await client({ headers }).fetch('/', { method: 'POST' })).status).toBe(401);
    const renewing = client({ headers, onUnauthorized: () => void (token = 'new') });
    expect((await renewing.fetch('/', { method: 'POST' })).status).toBe(200);
    answer = status(401);
    calls = [];
    expect((await renewing.fetch('/')).status).toBe(401);
    expect(calls).toHaveLength(2);
  });
});

test('the bulkhead turns away what neither runs nor waits', async () => {
  const held: ServerResponse[] = [];
  answer = (_request, response) => void held.push(response);
  const small = client({ bulkhead: { concurrency: 2, queue: 1 }, deadlineMs: 10_000 });
  const three = [small.fetch('/'), small.fetch('/'), small.fetch('/')];
  await expect(small.fetch('/')).rejects.toThrow(Overloaded);
  await once(server, 'request');
  if (held.length < 2) await once(server, 'request');
  answer = (_request, response) => response.end('fine');
  for (const response of held) response.end('fine');
  expect((await Promise.all(three)).map((response) => response.status)).toEqual([200, 200, 200]);
});
