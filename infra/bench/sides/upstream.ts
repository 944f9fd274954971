import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listening } from './listening.ts';

/*
 * A service that costs nothing: one JSON text for every path, declared public, and ready. Told `dead` it refuses connections until it is
 * told `well`; told `silent` it accepts them and never answers.
 */

const items = Array.from({ length: 6 }, (_, n) => ({
  id: `0193-${n}`,
  title: 'What a cairn is for',
  text: 'x'.repeat(74),
}));
const body = JSON.stringify({ items, nextCursor: null });
const PATHS = process.env.ROUTES!.split(',');
const operation = { get: { security: [{}, { bearer: [] }], responses: { 200: { description: 'Success' } } } };
const openApi = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Upstream', version: '1' },
  paths: Object.fromEntries(PATHS.flatMap((path) => [path, `${path}/{id}`]).map((path) => [path, operation])),
  components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
});

let isSilent = false;
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const { url } = request;
  if (isSilent && !url!.startsWith('/health/')) return;
  const text = url === '/openapi.json' ? openApi : url!.startsWith('/health/') ? '{"status":"ok"}' : body;
  response
    .writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': text.length })
    .end(text);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  listening(port);
  process.on('message', (state: 'well' | 'dead' | 'silent') => {
    isSilent = state === 'silent';
    if (state !== 'well') server.closeAllConnections();
    if (state === 'dead') server.close(() => process.send!({ state }));
    else if (server.listening) process.send!({ state });
    else server.listen(port, '127.0.0.1', () => process.send!({ state }));
  });
});
