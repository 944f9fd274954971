import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { standIn, startGateway } from './stand-in.ts';
import { until } from './until.ts';

let chat: Awaited<ReturnType<typeof standIn>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;
const asked: IncomingMessage[] = [];
const sockets: Duplex[] = [];
/** What the service got, without the handshake. */
let got = Buffer.alloc(0);

beforeAll(async () => {
  chat = await standIn();
  chat.server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    asked.push(request);
    if (request.url!.includes('refused'))
      return void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
    const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`); // prettier-ignore
    socket.on('data', (bytes: Buffer) => (got = Buffer.concat([got, bytes])));
    socket.on('error', () => undefined).on('end', () => socket.end());
    sockets.push(socket);
  });
  gateway = await startGateway({ chat: { origins: [chat.origin], routes: ['/api/v1/rooms'] } });
});
afterAll(async () => {
  await gateway.stop();
  await chat.stop();
});

/** The client's end after the handshake, and all that has come to it since. */
async function open(path = '/api/v1/rooms', fields: string[] = []) {
  const socket: Socket = connect(gateway.port, '127.0.0.1');
  const key = randomBytes(16).toString('base64');
  const head = [
    `GET ${path} HTTP/1.1`,
    ...[
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
    ],
    ...fields,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  let came = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => (came = Buffer.concat([came, bytes])));
  socket.on('error', () => undefined);
  await until('it is answered', () => came.includes('\r\n\r\n'));
  const end = came.indexOf('\r\n\r\n') + 4;
  const answer = came.subarray(0, end).toString();
  return { socket, answer, frames: () => came.subarray(end), all: () => came.toString() };
}

test('bytes pass both ways; what the service sees of the client comes from the gateway', async () => {
  const { socket, answer, frames } = await open('/api/v1/rooms?room=1', ['X-Forwarded-For: 10.0.0.1', 'Cookie: a=1']);
  expect(answer).toMatch(/^HTTP\/1\.1 101 /);
  expect(asked.at(-1)).toMatchObject({ url: '/api/v1/rooms?room=1' });
  expect(asked.at(-1)!.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', cookie: 'a=1', upgrade: 'websocket' });
  const frame = Buffer.from([0x82, 0x83, 1, 2, 3, 4, 9, 9, 9]);
  socket.write(frame);
  await until('it has arrived', () => got.includes(frame));
  sockets.at(-1)!.write(Buffer.from([0x82, 3, 7, 7, 7]));
  await until('the answer is here', () => frames().equals(Buffer.from([0x82, 3, 7, 7, 7])));
  socket.destroy();
  await until('the service knows', () => sockets.at(-1)!.destroyed);
});

test('a service that refuses is repeated; a bad token, an unknown path and a service that is away are told as problems', async () => {
  const refused = await open('/api/v1/rooms/refused');
  await until('it is hung up', () => refused.socket.destroyed);
  expect(refused.all()).toMatch(/^HTTP\/1\.1 403 [^]*\r\n\r\nno$/);
  asked.length = 0;
  const badToken = await open('/api/v1/rooms', ['Authorization: Bearer x.y.z']);
  expect(badToken.answer).toMatch(/^HTTP\/1\.1 401 [^]*application\/problem\+json/);
  const unknown = await open('/nowhere');
  expect(unknown.answer).toMatch(/^HTTP\/1\.1 404 /);
  expect(asked).toHaveLength(0);
});

test('another protocol is not switched to: the request is answered as if it had not asked', async () => {
  const { status, body } = await gateway.raw(
    'GET /api/v1/rooms HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n',
  );
  expect(status).toBe(200);
  expect(JSON.parse(body).headers).not.toHaveProperty('upgrade');
  expect(JSON.parse(body).headers).not.toHaveProperty('http2-settings');
});

test('at shutdown both sides get a Close frame, never into the middle of another', async () => {
  const own = await startGateway({ chat: { origins: [chat.origin], routes: ['/api/v1/rooms'] } });
  const before = gateway;
  gateway = own;
  const { socket, frames } = await open();
  gateway = before;
  const service = sockets.at(-1)!;
  got = Buffer.alloc(0);
  service.write(Buffer.from([0x82, 5, 1, 2])); // of five bytes two
  await until('they have arrived', () => frames().length === 4);
  const closed = own.stop();
  await until('the service is told', () => got.equals(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9])));
  expect(frames()).toHaveLength(4);
  service.write(Buffer.from([3, 4, 5]));
  await until('the client is told, after the frame', () =>
    frames().equals(Buffer.from([0x82, 5, 1, 2, 3, 4, 5, 0x88, 2, 0x03, 0xe9])),
  );
  socket.end();
  service.end();
  await closed;
});
