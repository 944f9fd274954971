import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, follow, revoke, type Someone } from '@cairn/testing';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient, type Client } from 'graphql-ws';
import { rmSync } from 'node:fs';
import { WebSocket } from 'ws';
import { standIn, startGateway } from './stand-in.ts';
import { subgraph, supergraphFile } from './stand-in-subgraphs.ts';

type Gateway = Awaited<ReturnType<typeof startGateway>>;

const file = supergraphFile();
const [blog, identity] = [subgraph('blog'), subgraph('identity')];
let blogServer: Awaited<ReturnType<typeof standIn>>;
let identityServer: Awaited<ReturnType<typeof standIn>>;
let gateway: Gateway;
let ada: Someone;
const others: Gateway[] = [];
const leave: (() => unknown)[] = [];

async function another(variables: Record<string, string> = {}, origins = [blogServer.origin]) {
  const upstreams = {
    blog: { origins, routes: [] },
    identity: { origins: [identityServer.origin], routes: [] },
  };
  const started = await startGateway(upstreams, { GRAPHQL_SUPERGRAPH: file, ...variables });
  others.push(started);
  return started;
}

beforeAll(async () => {
  [blogServer, identityServer] = await Promise.all([standIn(), standIn()]);
  gateway = await another({ CORS_ORIGINS: 'https://app.example' });
  ada = await gateway.someone('author');
});
beforeEach(() => {
  blogServer.reset();
  identityServer.reset();
  blogServer.answer = blog.answer;
  identityServer.answer = identity.answer;
  blog.asked.length = identity.asked.length = 0;
});
afterEach(async () => {
  for (const each of leave.splice(0)) await each();
  await eventually(() => expect(blog.streams.size).toBe(0)); // whoever leaves is known to have left
});
afterAll(async () => {
  await Promise.all(others.map((each) => each.stop()));
  await Promise.all([blogServer.stop(), identityServer.stop()]);
  rmSync(file);
});

const COMMENTS = 'subscription ($slug: String) { commentAdded(slug: $slug) { body author { displayName } } }';
const shownAs = (n: number) => ({ data: { commentAdded: { body: `Comment ${n}`, author: { displayName: `Name u${n % 7}` } } } }); // prettier-ignore
const open = (streams = 1) => eventually(() => expect(blog.streams.size).toBe(streams));

interface Heard {
  readonly results: any[]; // eslint-disable-line @typescript-eslint/no-explicit-any
  isComplete: boolean;
  error: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}
function sink() {
  const heard: Heard = { results: [], isComplete: false, error: undefined };
  return {
    heard,
    next: (result: unknown) => void heard.results.push(result),
    error: (error: unknown) => void (heard.error = error),
    complete: () => void (heard.isComplete = true),
  };
}

function socket(options: Partial<Parameters<typeof createClient>[0]> = {}, to = gateway): Client {
  const client = createClient({
    url: `${to.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...options,
  });
  leave.push(() => client.dispose());
  return client;
}
const withToken = ({ authorization }: Someone) => ({ connectionParams: { authorization } });

function hear(client: Client, query = COMMENTS, variables?: Record<string, unknown>) {
  const { heard, ...into } = sink();
  const stop = client.subscribe({ query, variables }, into);
  return { heard, stop };
}

async function events(
  query = COMMENTS,
  { as, to = gateway, ...more }: { as?: Someone; to?: Gateway; variables?: object } = {},
) {
  const followed = await follow(`${to.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(as && { authorization: as.authorization }),
    },
    body: JSON.stringify({ query, ...more }),
  });
  leave.push(() => followed.leave());
  return followed;
}

describe('two doors, one graph', () => {
  test('who subscribes gets each event in terms of all services, by both protocols', async () => {
    const sse = createSseClient({ url: `${gateway.url}/graphql`, retryAttempts: 0 });
    leave.push(() => sse.dispose());
    const { heard: bySse, ...into } = sink();
    sse.subscribe({ query: COMMENTS }, into);
    const { heard: bySocket } = hear(socket());
    await open(2);
    await blog.tell(1);
    await blog.tell(2);
    for (const heard of [bySse, bySocket])
      await eventually(() => expect(heard.results).toEqual([shownAs(1), shownAs(2)]));
  });
});

/** Bytes as they are, on a WebSocket of this protocol; answers the code with which it is closed. */
async function raw(options: { protocol?: string; headers?: Record<string, string> } = {}, to = gateway) {
  const { protocol = 'graphql-transport-ws', headers } = options;
  const ws = new WebSocket(`${to.url.replace('http', 'ws')}/graphql`, protocol, { headers });
  const state = { ws, messages: [] as Heard['results'], closed: undefined as number | undefined, refused: undefined as number | undefined }; // prettier-ignore
  ws.on('message', (text) => void state.messages.push(JSON.parse(String(text))));
  ws.on('close', (code) => void (state.closed ??= code));
  ws.on('unexpected-response', (_request, { statusCode }) => void (state.refused = statusCode));
  ws.on('error', () => undefined);
  leave.push(() => ws.terminate());
  await eventually(() => expect(ws.readyState === WebSocket.OPEN || state.refused !== undefined).toBe(true));
  return Object.assign(state, {
    say: (...messages: unknown[]) => messages.forEach((each) => ws.send(typeof each === 'string' ? each : JSON.stringify(each))), // prettier-ignore
    greet: async (payload?: object) => {
      ws.send(JSON.stringify({ ...INIT, ...(payload && { payload }) }));
      await eventually(() => expect(state.messages).toEqual([{ type: 'connection_ack' }]));
    },
    isClosed: (code: number) => eventually(() => expect(state.closed).toBe(code)),
  });
}
const INIT = { type: 'connection_init' };
const ask = (id: string, query: string, more: object = {}) => ({ id, type: 'subscribe', payload: { query, ...more } });

describe('what else can be asked there', () => {
  test('a query and a change have one answer, and that is all', async () => {
    const { heard: query } = hear(socket(), '{ tags post(slug: "a") { author { displayName } } }');
    const { heard: change } = hear(socket(), 'mutation { addComment(slug: "a", input: { body: "B" }) { body } }');
    const stream = await events('{ tags }');
    await eventually(() => expect([query, change].map(({ isComplete }) => isComplete)).toEqual([true, true]));
    expect(query.results).toEqual([{ data: { tags: ['a', 'b'], post: { author: { displayName: 'Name u1' } } } }]);
    expect(change.results).toEqual([{ data: { addComment: { body: 'B' } } }]);
    await eventually(() => expect(stream.events).toEqual(['next', 'complete']));
    expect(stream.results).toEqual([{ data: { tags: ['a', 'b'] } }]);
  });

  test('a subscription goes to a stream only, one at a time, and a change is no GET', async () => {
    const plain = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: COMMENTS }),
    });
    expect(await plain.json()).toMatchObject({ errors: [{ message: expect.stringContaining('text/event-stream') }] });
    const get = (query: string, headers: Record<string, string>) =>
      fetch(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`, { headers });
    expect(await (await get(COMMENTS, { accept: 'application/json' })).json()).not.toHaveProperty('data');
    expect((await get('mutation { addComment(slug: "a", input: { body: "B" }) { body } }', { accept: 'text/event-stream' })).status).toBe(405); // prettier-ignore
    const client = { accept: 'application/graphql-response+json, application/json, text/event-stream' }; // as urql has it
    const [one, other] = [await get(COMMENTS, client), await get('{ tags }', client)];
    expect(one.headers.get('content-type')).toContain('text/event-stream');
    expect(await other.json()).toEqual({ data: { tags: ['a', 'b'] } });
    await one.body!.cancel();
    await open(0);
    blogServer.calls.length = 0;
    const batch = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify([{ query: COMMENTS }, { query: COMMENTS }]),
    });
    expect(batch.status).toBe(400);
    expect([blog.streams.size, blogServer.calls]).toEqual([0, []]);
  });

  test.each([
    'subscription { commentAdded @skip(if: true) { body } }',
    'subscription ($no: Boolean = false) { ... @include(if: $no) { commentAdded { body } } }',
    'subscription { ...root @skip(if: true) } fragment root on Subscription { commentAdded { body } }',
  ])('what might ask for nothing is refused before anything is asked of a service: %s', async (query) => {
    blogServer.calls.length = 0;
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query }),
    });
    expect(await answer.text()).toContain('@skip and @include are not for the root of a subscription');
    expect(blogServer.calls).toEqual([]);
  });

  test('a browser’s EventSource is one GET, from pages of ours and of those who may', async () => {
    const get = (headers: Record<string, string>) =>
      follow(`${gateway.url}/graphql?query=${encodeURIComponent(COMMENTS)}`, { headers: { accept: 'text/event-stream', ...headers } }); // prettier-ignore
    const allowed = [await get({}), await get({ origin: gateway.url }), await get({ origin: 'https://app.example' })];
    expect(allowed.map(({ status }) => status)).toEqual([200, 200, 200]);
    await open(3);
    const foreign = await get({ origin: 'https://evil.example' });
    expect(foreign.status).toBe(400);
    await open(3);
    for (const each of allowed) each.leave();
  });

  test('persisted queries: known by their hash, and in locked mode those of the list only', async () => {
    const locked = await another({ GRAPHQL_PERSISTED_ONLY: 'true' });
    const { heard } = hear(socket({}, locked));
    await eventually(() => expect(heard.error).toMatchObject([{ extensions: { code: 'graphql.operation-not-listed' } }])); // prettier-ignore
    expect((await events(COMMENTS, { to: locked })).status).toBe(403);
    expect(blogServer.calls).toEqual([]);
  });
});

describe('who', () => {
  test('the token goes with it, from the head of the request or from the first message', async () => {
    hear(socket(withToken(ada)));
    await events(COMMENTS, { as: ada });
    const byHead = await raw({ headers: { authorization: ada.authorization } });
    await byHead.greet();
    byHead.say(ask('1', COMMENTS, { variables: { slug: 'a' } }));
    await open(3);
    for (const { headers } of blog.streams) expect(headers.authorization).toBe(ada.authorization);
    expect([...blog.streams].at(-1)!.variables).toEqual({ slug: 'a' });
    const { heard } = hear(socket(withToken(ada)), '{ me { id } }');
    await eventually(() => expect(heard.results).toEqual([{ data: { me: { id: 'u9' } } }]));
  });

  test('a token that is none is refused at each door, and nothing is asked for it', async () => {
    const forged = { authorization: 'Bearer a.b.c' };
    expect((await events(COMMENTS, { as: forged as Someone })).status).toBe(401);
    expect((await raw({ headers: forged })).refused).toBe(401);
    for (const authorization of ['Bearer a.b.c', 'nonsense', 5]) {
      const ws = await raw();
      ws.say({ ...INIT, payload: { authorization } });
      await ws.isClosed(4403);
    }
    expect(blogServer.calls).toEqual([]);
  });

  test('a page of another origin does not connect', async () => {
    expect((await raw({ headers: { origin: 'https://evil.example' } })).refused).toBe(403);
    expect((await raw({ headers: { origin: 'https://app.example' } })).refused).toBeUndefined();
    expect((await raw({ headers: { origin: gateway.url } })).refused).toBeUndefined();
  });

  test('a session that is ended is out within a second, at each door', async () => {
    const leaver = await gateway.someone('author');
    const ws = await raw();
    await ws.greet(leaver);
    ws.say(ask('1', COMMENTS));
    const sse = await events(COMMENTS, { as: leaver });
    const stays = await events();
    await open(3);
    await revoke(gateway.redis, leaver);
    await eventually(() => expect([ws.closed, sse.hasEnded]).toEqual([4403, true]), 1_000);
    expect(sse.results).toEqual([{ data: null, errors: [expect.objectContaining({ extensions: { code: 'http.unauthorized', status: 401 } })] }]); // prettier-ignore
    await open(1);
    await blog.tell(1);
    await eventually(() => expect(stays.results).toHaveLength(1));
  });

  test('a token that runs out ends what it has opened', async () => {
    const brief = await gateway.someoneFor(2);
    const ws = await raw();
    await ws.greet(brief);
    ws.say(ask('1', COMMENTS));
    const sse = await events(COMMENTS, { as: brief });
    await open(2);
    await eventually(() => expect([ws.closed, sse.hasEnded]).toEqual([4403, true]));
    await open(0);
  });

  test('nothing is shown once the token is good no more, be it told at that moment', async () => {
    const leaver = await gateway.someone('author');
    const sse = await events(COMMENTS, { as: leaver });
    const ws = await raw();
    await ws.greet(leaver);
    ws.say(ask('1', COMMENTS));
    await open(2);
    await revoke(gateway.redis, leaver);
    for (let n = 0; !(ws.closed && sse.hasEnded); n++) {
      await blog.tell(n);
      await new Promise(setImmediate);
      const both = [sse.results.length - sse.events.filter((each) => each === 'complete').length, ws.messages.length];
      if (n > 5_000) throw new Error(`It goes on: ${both.join()}`);
    }
    const shown = sse.results.length;
    expect(sse.results.at(-1)).toMatchObject({ errors: [{ extensions: { status: 401 } }] });
    await blog.tell(1);
    expect(sse.results).toHaveLength(shown);
  });
});

describe('leaving', () => {
  test('who stops listening is let go of, at the service too, and others go on', async () => {
    const client = socket();
    const [first, second] = [hear(client), hear(client)];
    const sse = await events();
    await open(3);
    first.stop();
    await open(2);
    sse.leave();
    await open(1);
    await blog.tell(1);
    await eventually(() => expect(second.heard.results).toEqual([shownAs(1)]));
    expect(first.heard.results).toEqual([]);
    void client.dispose();
    await open(0);
  });

  test('an instance that goes is followed by another, unnoticed; when none is there it is said', async () => {
    const spare = await standIn();
    spare.answer = blog.answer;
    const own = await another({}, [spare.origin, blogServer.origin]);
    const [{ heard }, sse] = [hear(socket({}, own)), await events(COMMENTS, { to: own })];
    await open(2);
    const before = [...blog.streams];
    await spare.stop();
    await eventually(() => expect(before.filter((each) => blog.streams.has(each)).length).toBeLessThan(2));
    await open(2);
    await blog.tell(1);
    await eventually(() => expect([heard.results, sse.results]).toEqual([[shownAs(1)], [shownAs(1)]]));
    blogServer.answer = (_request, response) => void response.destroy();
    for (const { response } of blog.streams) response.destroy();
    const away = {
      data: null,
      errors: [
        { extensions: { code: expect.stringMatching(/^gateway\.(upstream-unavailable|circuit-open)$/), status: 503 } },
      ],
    };
    await eventually(() => expect([heard.results.at(-1), sse.results.at(-1)]).toMatchObject([away, away]), 15_000);
    expect([heard.isComplete, sse.events.at(-1)]).toEqual([true, 'complete']);
  }, 20_000);

  test('what the service refuses is repeated', async () => {
    const refusal = { message: 'No such post', extensions: { code: 'post.not-found', status: 404 } };
    blogServer.answer = (_request, response) =>
      void response.setHeader('content-type', 'application/json').end(JSON.stringify({ errors: [refusal] }));
    const [{ heard }, sse] = [hear(socket()), await events()];
    for (const said of [heard, sse]) await eventually(() => expect(said.results).toMatchObject([{ errors: [refusal] }])); // prettier-ignore
    await eventually(() => expect([heard.isComplete, sse.events]).toEqual([true, ['next', 'complete']]));
  });

  test('an event that cannot be completed is told as such, and the next one comes', async () => {
    const { heard } = hear(socket());
    await open();
    identityServer.answer = (_request, response) => void response.writeHead(500).end();
    await blog.tell(1);
    await eventually(() => expect(heard.results).toHaveLength(1));
    expect(heard.results[0]).toMatchObject({ data: { commentAdded: { body: 'Comment 1', author: { displayName: null } } }, errors: [{ path: ['commentAdded', 'author', 'displayName'] }] }); // prettier-ignore
    identityServer.answer = identity.answer;
    await blog.tell(2);
    await eventually(() => expect(heard.results[1]).toEqual(shownAs(2)));
  });

  test('a gateway that stops says goodbye, and does not wait for who listens', async () => {
    const own = await another();
    const ws = await raw({}, own);
    await ws.greet();
    ws.say(ask('1', COMMENTS));
    const sse = await events(COMMENTS, { to: own });
    await open(2);
    await own.app.close();
    await ws.isClosed(1001);
    await eventually(() => expect([sse.hasEnded, sse.events]).toEqual([true, []])); // not complete: who reads comes back
    await open(0);
  });
});

describe('bounds', () => {
  test('a reader who does not read is cut off, and the service is not read for it', async () => {
    const own = await another({ ANSWER_IDLE_MS: '2000' });
    const large = 'x'.repeat(200_000);
    const read = await events('subscription { commentAdded { body } }', { to: own });
    const ws = await raw({}, own);
    await ws.greet();
    ws.say(ask('1', 'subscription { commentAdded { body } }'));
    const { connect } = await import('node:net');
    const sse = connect(own.port, '127.0.0.1');
    const body = JSON.stringify({ query: 'subscription { commentAdded { body } }' });
    sse.write(`POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: ${body.length}\r\n\r\n${body}`); // prettier-ignore
    await open(3);
    (ws.ws as unknown as { _socket: { pause(): void } })._socket.pause();
    sse.pause();
    let told = 0;
    let wereFull = false;
    await eventually(async () => {
      await blog.tell(told++, large);
      wereFull ||= [...blog.streams].some(({ response }) => response.writableNeedDrain);
      expect(blog.streams.size).toBe(1);
    }, 10_000);
    expect(wereFull).toBe(true);
    await eventually(() => expect(read.results).toHaveLength(told));
    sse.destroy();
  }, 20_000);

  test('so many subscriptions on a connection, so many connections of a client, so many operations in a minute', async () => {
    const few = await another({ MAX_STREAMS_PER_CLIENT: '3', MAX_IN_FLIGHT_PER_CLIENT: '1' });
    const ws = await raw({}, few);
    await ws.greet();
    ws.say(...Array.from({ length: 51 }, (_, n) => ask(String(n), COMMENTS)));
    await eventually(() => expect(ws.messages.at(-1)).toMatchObject({ id: '50', type: 'error', payload: [{ extensions: { code: 'graphql.too-many-subscriptions', status: 429 } }] })); // prettier-ignore
    await open(50);
    await raw({}, few);
    const stream = await events(COMMENTS, { to: few });
    expect((await raw({}, few)).refused).toBe(429);
    expect((await events(COMMENTS, { to: few })).status).toBe(429);
    // What is open takes no place of requests.
    expect((await fetch(`${few.url}/graphql?query={__typename}`, { headers: { 'apollo-require-preflight': 'true' } })).status).toBe(200); // prettier-ignore
    stream.leave();
    await eventually(async () => expect((await raw({}, few)).refused).toBeUndefined());

    const slow = await another({ ROUTE_CLASSES: '{"graph":{"burst":3,"perMinute":1,"exact":true}}' });
    const limited = await raw({}, slow);
    await limited.greet();
    limited.say(...[1, 2, 3].map((n) => ask(String(n), '{ tags }')));
    await eventually(() => expect(limited.messages.filter(({ type }) => type === 'error')).toMatchObject([{ payload: [{ extensions: { code: 'gateway.too-many-requests', status: 429 } }] }])); // prettier-ignore
    await eventually(() => expect(limited.messages.filter(({ type }) => type === 'next')).toHaveLength(2));
  });

  test.each<[string, unknown[], number]>([
    ['no JSON', ['hello'], 4400],
    ['no message of the protocol', [{ type: 'start' }], 4400],
    ['a message without a query', [INIT, { id: '1', type: 'subscribe', payload: {} }], 4400],
    ['an operation before the greeting', [ask('1', COMMENTS)], 4401],
    ['two greetings', [INIT, INIT], 4429],
    ['more than a message may hold', ['x'.repeat(300_000)], 1009],
    ['no greeting', [], 4408],
  ])('%s closes the socket', async (_, messages, code) => {
    const ws = await raw();
    ws.say(...messages);
    await ws.isClosed(code);
  });

  test('an id twice, another protocol, and frames that are none close it, too', async () => {
    const twice = await raw();
    await twice.greet();
    twice.say(ask('1', COMMENTS), ask('1', COMMENTS));
    await twice.isClosed(4409);
    const other = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-ws');
    const error = await new Promise<Error>((resolve) => other.once('error', resolve));
    expect(error.message).toContain('subprotocol');
    const ws = await raw();
    (ws.ws as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(Buffer.from([0xff, 0xff, 0, 0]));
    await ws.isClosed(1002);
  });

  test.each([
    ['unknown', 'subscription { postRemoved { id } }', 'http.bad-request'],
    ['two at once', 'subscription { commentAdded { id } again: commentAdded { id } }', 'http.bad-request'],
    ['introspection', 'subscription { __schema { types { name } } }', 'http.bad-request'],
    [
      'deep',
      `subscription { commentAdded { post { ${'related { '.repeat(10)}id${' }'.repeat(10)} } } }`,
      'graphql.query-too-large',
    ],
    ['wide', `subscription { commentAdded { ${'id '.repeat(501)} } }`, 'graphql.query-too-large'],
    [
      'costly',
      'subscription { commentAdded { post { comments(first: 6000) { edges { node { id } } } } } }',
      'graphql.query-too-large',
    ],
    ['a wrong variable', 'subscription ($slug: Int) { commentAdded(slug: $slug) { id } }', 'http.bad-request'],
  ])('%s: refused at each door, and nobody is asked', async (_, query, code) => {
    const { heard } = hear(socket(), query);
    const sse = await events(query);
    await eventually(() =>
      expect(heard.error).toContainEqual(expect.objectContaining({ extensions: { code, status: 400 } })),
    );
    expect(sse.status).toBe(400);
    await eventually(() => expect(JSON.parse(sse.text).errors[0]).toMatchObject({ extensions: { code } }));
    expect(blogServer.calls).toEqual([]);
  });
});
