import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { addressesFrom, PublicWebClient, publicWebDefaults } from './public-web.client.ts';

/* The server is real; names and the way to the internet are ours: whatever public address is connected to, this machine answers. */

const PUBLIC = '93.184.215.14';
let server: Server;
let raw: net.Server;
let respond: RequestListener;
let requests: string[] = [];
let connections: string[] = [];
const greetings: string[] = [];

const portOf = (of: net.Server) => (of.address() as AddressInfo).port;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(`${request.headers.host}${request.url}`);
    respond(request, response);
  });
  raw = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (hello) => {
      greetings.push(hello.toString('latin1'));
      socket.destroy();
    });
  });
  await Promise.all([server, raw].map((each) => new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve))));
});
afterEach(() => {
  requests = [];
  connections = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  raw.close();
});

function client(names: Record<string, string[][]> = {}, others: object = {}) {
  return new PublicWebClient({
    ...publicWebDefaults,
    resolve: async (host) => {
      const answers = names[host];
      if (!answers) throw new Error('ENOTFOUND');
      return answers.length > 1 ? answers.shift()! : answers[0]!;
    },
    connect: (address, port) => {
      connections.push(`${address} ${port}`);
      return net.connect({ host: '127.0.0.1', port: portOf(port === 443 ? raw : server) });
    },
    ownHosts: new Set(['go.example']),
    blockedHosts: new Set(['evil.example']),
    ...others,
  });
}
const there = { 'a.example': [[PUBLIC]], 'b.example': [['2606:4700::1', '1.1.1.1']] };
const reasonOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'reached',
    (error: { reason: string }) => error.reason,
  );

test('sees status and type, at the address that it looked at', async () => {
  respond = (_request, response) => response.writeHead(418, { 'content-type': 'text/plain' }).end('x');
  expect(await client(there).see('http://A.example/x?y')).toEqual({
    url: 'http://a.example/x?y',
    status: 418,
    contentType: 'text/plain',
    redirects: 0,
  });
  expect([requests, connections]).toEqual([['a.example/x?y'], [`${PUBLIC} 80`]]);
});

describe('nothing is asked, nor connected to, of', () => {
  test.each([
    'http://127.0.0.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://[::ffff:10.0.0.1]/', 'http://0/',
    'http://169.254.169.254/latest/meta-data/', 'http://[64:ff9b::a00:1]/', 'http://[fe80::1]/', 'http://10.0.0.1.',
  ])('the inside by its address: %s', async (url) => {
    expect(await reasonOf(client().see(url))).toBe('no-public-address');
    expect(connections).toEqual([]);
  }); // prettier-ignore

  test.each([
    'http://a.example:8080/', 'http://a.example:22/', 'https://a.example:80/', 'ftp://a.example/', 'file:///etc/passwd',
    'http://user:secret@a.example/', 'http://go.example/', 'http://x.evil.example/', 'gopher://a.example/', 'nonsense',
  ])('what is not allowed: %s', async (url) => {
    expect(await reasonOf(client(there).see(url))).toBe('not-allowed');
    expect(connections).toEqual([]);
  }); // prettier-ignore

  test.each([
    ['one address inside', [['10.0.0.1']]],
    ['one of several inside', [[PUBLIC, '127.0.0.1']]],
    ['an address of NAT64', [['64:ff9b::7f00:1']]],
    ['none', [[]]],
  ])('a name with %s', async (_what, answers) => {
    expect(await reasonOf(client({ 'a.example': answers }).see('http://a.example'))).toBe('no-public-address');
    expect(connections).toEqual([]);
  });

  test('a name that there is not: the same word', async () => {
    expect(await reasonOf(client().see('http://nowhere.example'))).toBe('no-public-address');
  });
});

test('name servers that say nothing keep nobody else waiting, and are not waited for beyond the deadline', async () => {
  const silent = createSocket('udp4');
  const asked = new Set<string>();
  silent.on('message', (question) => asked.add(question.toString('latin1', 13, 19)));
  await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
  const web = client({}, { resolve: addressesFrom([`127.0.0.1:${silent.address().port}`]), deadlineMs: 1_000 });
  let isOver = false;
  const names = Array.from({ length: 16 }, (_, n) => `slow${String(n).padStart(2, '0')}.example`);
  const reasons = Promise.all(names.map((name) => reasonOf(web.see(`http://${name}/`)))).finally(() => (isOver = true));
  await readFile(import.meta.filename); // by a thread of the process
  expect(isOver).toBe(false);
  expect(await reasons).toEqual(names.map(() => 'too-slow'));
  expect([...asked].toSorted()).toEqual(names.map((name) => name.slice(0, 6)));
  silent.close();
});

test('a name that means another machine a moment later (DNS rebinding) leads to the first, asked for once', async () => {
  respond = (_request, response) => response.end('x');
  const names = { 'a.example': [[PUBLIC], ['127.0.0.1']] };
  expect((await client(names).see('http://a.example')).status).toBe(200);
  expect([connections, names['a.example']]).toEqual([[`${PUBLIC} 80`], [['127.0.0.1']]]);
});

describe('a redirect', () => {
  test('is followed to where it ends', async () => {
    respond = ({ url }, response) =>
      url === '/' ? response.writeHead(302, { location: '//b.example/end' }).end() : response.end('x');
    expect(await client(there).see('http://a.example')).toMatchObject({ url: 'http://b.example/end', redirects: 1 });
    expect(connections).toEqual([`${PUBLIC} 80`, '1.1.1.1 80']);
  });

  test.each([
    ['http://127.0.0.1/', 'no-public-address'],
    ['http://[::ffff:127.0.0.1]/', 'no-public-address'],
    ['http://a.example:6379/', 'not-allowed'],
    ['http://go.example/s/x', 'not-allowed'],
    ['file:///etc/passwd', 'not-allowed'],
    ['http://inside.example/', 'no-public-address'],
    ['http://a.example/again', 'too-many-redirects'],
  ])('to %s ends there: %s', async (location, reason) => {
    respond = (_request, response) => response.writeHead(301, { location }).end();
    const names = { ...there, 'inside.example': [['192.168.0.1']] };
    expect(await reasonOf(client(names).see('http://a.example'))).toBe(reason);
    expect(connections.every((each) => each === `${PUBLIC} 80`)).toBe(true);
    expect(connections).toHaveLength(reason === 'too-many-redirects' ? 6 : 1);
  });

  test('to a name that meanwhile leads inside ends there', async () => {
    respond = (_request, response) => response.writeHead(302, { location: 'http://a.example/2' }).end();
    expect(await reasonOf(client({ 'a.example': [[PUBLIC], ['10.0.0.1']] }).see('http://a.example'))).toBe(
      'no-public-address',
    );
    expect(connections).toEqual([`${PUBLIC} 80`]);
  });
});

describe('who answers', () => {
  test('without an end is not read to it', async () => {
    let sent = 0;
    respond = (_request, response) => {
      response.on('error', () => undefined);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.on('drain', more);
      more();
    };
    expect((await client(there).see('http://a.example')).status).toBe(200);
    expect(sent).toBeLessThan(50_000_000);
  });

  test.each([
    ['never', (() => undefined) as RequestListener],
    [
      'with a head and no body',
      ((_request, response) => void response.writeHead(200).flushHeaders()) as RequestListener,
    ],
  ])('%s is waited for until the deadline', async (_what, listener) => {
    respond = listener;
    expect(await reasonOf(client(there, { deadlineMs: 100 }).see('http://a.example'))).toBe('too-slow');
  });

  test('by switching to another protocol is not there', async () => {
    respond = (_request, response) => response.writeHead(101, { connection: 'upgrade', upgrade: 'websocket' }).end();
    expect(await reasonOf(client(there).see('http://a.example'))).toBe('no-connection');
  });

  test('by ending the connection is not there', async () => {
    respond = (request) => request.socket.destroy();
    expect(await reasonOf(client(there).see('http://a.example'))).toBe('no-connection');
  });

  test('over TLS is asked for the name, at the address that was looked at', async () => {
    expect(await reasonOf(client(there).see('https://a.example'))).toBe('no-connection');
    expect(connections).toEqual([`${PUBLIC} 443`]);
    expect(greetings.at(-1)).toContain('a.example');
  });
});

test('a resolver that never answers is waited for until the deadline', async () => {
  const never = () => new Promise<never>(() => undefined);
  expect(await reasonOf(client(there, { resolve: never, deadlineMs: 100 }).see('http://a.example'))).toBe('too-slow');
});
