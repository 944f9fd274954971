import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { standIn, startGateway } from './stand-in.ts';
import { until } from './until.ts';

type StandIn = Awaited<ReturnType<typeof standIn>>;
type Gateway = Awaited<ReturnType<typeof startGateway>>;

let blog: StandIn;
let second: StandIn;
let identity: StandIn;
let gateway: Gateway | undefined;

beforeEach(async () => {
  [blog, second, identity] = await Promise.all([standIn(), standIn(), standIn()]);
});
afterEach(async () => {
  await gateway?.stop();
  await Promise.all([blog, second, identity].map((each) => each.stop()));
});

async function start(
  settings: object = {},
  { origins = [blog.origin], variables = {}, deadlineMs = 15_000 } = {},
): Promise<void> {
  gateway = await startGateway(
    {
      blog: { origins, routes: ['/api/v1/posts'], ...settings },
      identity: { origins: [identity.origin], routes: ['/api/v1/users'] },
    },
    {
      ROUTE_CLASSES: JSON.stringify({ read: ample, write: { deadlineMs, ...ample } }),
      ...variables,
    },
  );
}
const ample = { burst: 1_000_000, perMinute: 1_000_000 };

const get = (path = '/api/v1/posts', init?: RequestInit) => fetch(gateway!.url + path, init);
const post = (path = '/api/v1/posts') => get(path, { method: 'POST', body: '{}' });
const problemOf = async (answer: Response) => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const { status, code } = (await answer.json()) as { status: number; code: string };
  expect(status).toBe(answer.status);
  return [status, code];
};
const many = <T>(count: number, ask: () => Promise<T>) => Promise.all(Array.from({ length: count }, ask));
const fails = (_request: IncomingMessage, response: ServerResponse) => response.writeHead(500).end();

describe('a circuit breaker per service', () => {
  test.each(['dead', 'failing', 'slow'])(
    '%s: after a few failures it answers at once, and the service is not asked',
    async (how) => {
      await start({}, how === 'slow' ? { deadlineMs: 200 } : {});
      if (how === 'dead') await blog.stop();
      blog.answer = how === 'slow' ? () => undefined : fails;
      await many(8, () => post());
      const asked = blog.calls.length;
      const answer = await get();
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(await problemOf(answer)).toEqual([503, 'gateway.circuit-open']);
      expect(blog.calls).toHaveLength(asked);
      for (const each of await many(20, () => get('/api/v1/users'))) expect(each.status).toBe(200); // others are untouched
    },
  );

  test('after a while one request tries, the others do not wait for it; it closes when that succeeds', async () => {
    await start();
    blog.answer = fails;
    await many(8, () => get());
    expect((await get()).status).toBe(503);
    const held: ServerResponse[] = [];
    blog.answer = (_request, response) => void held.push(response);
    blog.calls.length = 0;
    const probe = new Promise<Response>((resolve) => {
      const tryOne = async (): Promise<void> => {
        const answer = await get();
        if (answer.status === 200) resolve(answer);
        else if (held.length === 0) void setTimeout(50).then(tryOne);
      };
      void tryOne();
    });
    await until('one request probes', () => held.length === 1);
    expect(await problemOf(await get())).toEqual([503, 'gateway.circuit-open']);
    expect(blog.calls).toHaveLength(1);
    held[0]!.end('fine');
    expect(await (await probe).text()).toBe('fine');
    blog.reset();
    for (const each of await many(5, () => get())) expect(each.status).toBe(200);
  });

  test('4xx and 503 are answers: a service that protects itself is not taken for dead', async () => {
    await start();
    for (const status of [400, 404, 409, 503]) {
      blog.answer = (_request, response) => response.writeHead(status, { 'retry-after': '7' }).end();
      for (const answer of await many(10, () => get())) expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, '7']); // prettier-ignore
    }
  });
});

test('a bulkhead per service: who is full is refused at once, others are answered', async () => {
  await start({ concurrency: 3 });
  const held: ServerResponse[] = [];
  blog.answer = (_request, response) => void held.push(response);
  const waiting = many(3, () => post());
  await until('three are under way', () => held.length === 3);
  const answer = await get();
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(await problemOf(answer)).toEqual([503, 'gateway.upstream-full']);
  expect((await get('/api/v1/users')).status).toBe(200);
  expect(blog.calls).toHaveLength(3);
  for (const response of held) response.end();
  await waiting;
  blog.reset();
  expect((await get()).status).toBe(200); // places come free again
});

test('more requests than the gateway may hold are shed at once; health is still answered', async () => {
  await start({}, { variables: { MAX_IN_FLIGHT: '2' } });
  const held: ServerResponse[] = [];
  blog.answer = (_request, response) => void held.push(response);
  const waiting = many(2, () => post());
  await until('two are under way', () => held.length === 2);
  expect(await problemOf(await get('/api/v1/users'))).toEqual([503, 'gateway.overloaded']);
  expect(identity.calls).toHaveLength(0);
  expect((await get('/health/live')).status).toBe(200);
  for (const response of held) response.end();
  await waiting;
  expect((await get('/api/v1/users')).status).toBe(200);
});

describe('retries', () => {
  const cut = (request: IncomingMessage) => void request.socket.destroy();

  test('of reads only, and no more than a tenth of what is asked for, beyond a few', async () => {
    await start({ concurrency: 1_000 });
    await many(100, () => get());
    blog.calls.length = 0;
    let cuts = 0;
    // Every other connection is cut: half of all requests fail at first, too few for the circuit to open.
    blog.answer = (request, response) => (request.headers['x-cut'] ? (cuts++, cut(request)) : response.end());
    for (let round = 0; round < 100; round++)
      await many(2, () => get()).then(() => get('/api/v1/posts', { headers: { 'x-cut': '1' } }));
    expect(cuts - 100).toBeGreaterThan(0);
    expect(cuts - 100).toBeLessThanOrEqual(10 + 400 / 10);
    blog.calls.length = 0;
    blog.answer = cut;
    expect(await problemOf(await post())).toEqual([502, 'gateway.outcome-unknown']);
    expect(blog.calls).toHaveLength(1);
  }, 20_000);

  test('not of a read that counts, as a visit does: it may have arrived', async () => {
    await start({ classes: { 'GET /api/v1/posts/*': 'redirect' } });
    blog.answer = cut;
    expect(await problemOf(await get('/api/v1/posts/one'))).toEqual([502, 'gateway.outcome-unknown']);
    expect(blog.calls).toHaveLength(1);
  });
});

describe('several instances', () => {
  const both = () => ({ origins: [blog.origin, second.origin] });

  test('share the work: the next request goes where least is under way', async () => {
    await start({}, both());
    await many(20, () => get());
    expect(blog.calls.length).toBeGreaterThanOrEqual(8);
    expect(second.calls.length).toBeGreaterThanOrEqual(8);
    const held: ServerResponse[] = [];
    blog.answer = (_request, response) => void held.push(response);
    const waiting = many(4, () => post()); // some of them stay with blog
    await until('some wait', () => held.length > 0);
    second.calls.length = 0;
    for (let n = 0; n < 10; n++) await get();
    expect(second.calls.length).toBeGreaterThanOrEqual(10);
    for (const response of held) response.end();
    await waiting;
  });

  test('one that is gone is noticed, and no request fails, changes included', async () => {
    await start({}, both());
    await get();
    await blog.stop();
    for (let round = 0; round < 20; round++)
      for (const answer of await many(5, () => (round % 2 ? get() : post()))) expect(answer.status).toBe(200);
    expect(second.calls.length).toBeGreaterThanOrEqual(100);
  });

  test('one that says that it is not ready gets nothing more, and gets its share when it is again', async () => {
    await start({}, both());
    blog.isReady = false;
    await until('it is left alone', async () => {
      blog.calls.length = 0;
      await many(6, () => get());
      return blog.calls.length === 0;
    });
    blog.isReady = true;
    await until('it is asked again', async () => {
      await many(6, () => get());
      return blog.calls.length > 0;
    });
  });

  test('when none is ready, all are asked: they know best what they can answer', async () => {
    await start({}, both());
    blog.isReady = second.isReady = false;
    await until('the checks have seen it', async () => {
      const upstreams = gateway!.app.get<{ name: string; instances: { isAvailable: boolean }[] }[]>('upstreams');
      return upstreams[0]!.instances.every(({ isAvailable }) => !isAvailable);
    });
    expect((await get()).status).toBe(200);
  });
});

test('a client that leaves while its request is uploaded leaves nothing behind', async () => {
  await start();
  const leaving = new AbortController();
  async function* endless() {
    for (; !leaving.signal.aborted; await setTimeout(5)) yield Buffer.alloc(1_000);
  }
  blog.answer = (request) => void request.resume();
  const answer = get('/api/v1/posts', { method: 'POST', body: endless() as never, signal: leaving.signal, duplex: 'half' } as RequestInit); // prettier-ignore
  await until('it has begun', () => blog.calls.length === 1);
  leaving.abort();
  await expect(answer).rejects.toThrow();
  await until('the service has been left, too', () => blog.calls[0]!.socket.destroyed);
  const [{ pending, instances }] =
    gateway!.app.get<[{ pending: number; instances: { pending: number }[] }]>('upstreams');
  expect([pending, instances[0]!.pending]).toEqual([0, 0]);
});

describe('what is the client’s fault is not the service’s', () => {
  /** Connections on which half a request has been sent. */
  const halves = (count: number) =>
    Array.from({ length: count }, () => {
      const socket = connect(gateway!.port, '127.0.0.1').on('error', () => undefined);
      socket.write('POST /api/v1/posts HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1');
      return socket;
    });

  test('who does not send a body in time is told 408, and the circuit stays closed', async () => {
    await start({}, { deadlineMs: 300 });
    const sockets = halves(8);
    const answers = await Promise.all(sockets.map((socket) => text(socket)));
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*application\/problem\+json/);
    for (const answer of await many(5, () => get())) expect(answer.status).toBe(200);
  });

  test('clients that leave neither open the circuit nor close it', async () => {
    await start();
    blog.answer = () => undefined;
    const leave = () => {
      const leaving = new AbortController();
      const left = get('/api/v1/posts', { signal: leaving.signal }).catch(() => undefined);
      return { left, leave: () => leaving.abort() };
    };
    const clients = Array.from({ length: 10 }, leave);
    await until('all are under way', () => blog.calls.length === 10);
    clients.forEach((client) => client.leave());
    await Promise.all(clients.map(({ left }) => left));
    blog.answer = fails;
    await many(8, () => post());
    expect((await get()).status).toBe(503);
    blog.answer = () => undefined;
    blog.calls.length = 0;
    const ask = () => {
      const asked = { ...leave(), isOver: false };
      void asked.left.then(() => (asked.isOver = true));
      return asked;
    };
    let probe = ask();
    await until('one probes', () => {
      if (probe.isOver) probe = ask(); // refused, as the circuit was still open
      return blog.calls.length > 0;
    });
    probe.leave();
    await probe.left;
    const upstreams = gateway!.app.get<{ circuit: string }[]>('upstreams');
    await until('it is open again', () => upstreams[0]!.circuit === 'open');
  });

  test('one bad instance of two costs its own requests, and no others', async () => {
    await start({}, { origins: [blog.origin, second.origin] });
    blog.answer = (request) => void request.socket.destroy(); // and its health check says yes
    const statuses: number[] = [];
    for (let round = 0; round < 60; round++) statuses.push(...(await many(2, post)).map(({ status }) => status));
    expect(statuses.filter((status) => status === 503)).toEqual([]);
    expect(statuses.filter((status) => status === 502).length).toBeLessThan(20);
  });

  test('who does not read an answer is hung up on, and gives the place back', async () => {
    await start({ concurrency: 2 }, { variables: { ANSWER_IDLE_MS: '500' } });
    blog.answer = (_request, response) => response.end(Buffer.alloc(32 * 1_048_576));
    const readers = Array.from({ length: 2 }, () => {
      const socket = connect(gateway!.port, '127.0.0.1').on('error', () => undefined);
      socket.write('GET /api/v1/posts HTTP/1.1\r\nHost: x\r\n\r\n');
      return socket.pause();
    });
    await until('both have a place', () => blog.calls.length === 2);
    blog.reset();
    await until('others are answered again', async () => (await get()).status === 200);
    for (const reader of readers) reader.destroy();
  });

  test('one network may not hold all places', async () => {
    await start({}, { variables: { MAX_IN_FLIGHT_PER_CLIENT: '2' } });
    const held: ServerResponse[] = [];
    blog.answer = (_request, response) => void held.push(response);
    const waiting = many(2, post);
    await until('two are under way', () => held.length === 2);
    expect(await problemOf(await get('/api/v1/users'))).toEqual([429, 'gateway.too-much-at-once']);
    for (const response of held) response.end();
    await waiting;
  });
});
