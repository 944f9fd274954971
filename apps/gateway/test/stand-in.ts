import { createLogger } from '@cairn/observability';
import { createApplication, environment, ProcessConfigSchema, serve } from '@cairn/service';
import { createIssuer, createTestRedis, markRevocationsComplete } from '@cairn/testing';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { gateway } from '../src/app.module.ts';

/** A real server in the place of a service; `answer` may be set anew by each test. What the gateway asks by itself is not among its `calls`. */
export async function standIn() {
  const calls: IncomingMessage[] = [];
  const echo = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request).catch(() => ''); // who leaves is no failure of the test
    response.setHeader('content-type', 'application/json');
    response.setHeader('x-request-id', 'of the service'); // as each service does; the gateway's own word counts
    response.end(JSON.stringify({ url: request.url, method: request.method, headers: request.headers, body }));
  };
  const upstream = {
    calls,
    answer: echo as RequestListener,
    /** What it declares of itself. */
    description: { openapi: '3.1.0', paths: {} } as object,
    isReady: true,
    /** What it answers to /health/ready while it is. */
    readiness: { status: 'ok' } as object,
    origin: '',
    server: createServer(),
    reset,
    stop,
    start,
  };
  upstream.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/openapi.json') return response.end(JSON.stringify(upstream.description));
    if (request.url === '/health/ready')
      return response
        .writeHead(upstream.isReady ? 200 : 503)
        .end(JSON.stringify(upstream.isReady ? upstream.readiness : { status: 'unavailable' }));
    calls.push(request);
    upstream.answer(request, response);
  });
  async function start(port = 0) {
    upstream.server.listen(port, '127.0.0.1');
    await once(upstream.server, 'listening');
    upstream.origin = `http://127.0.0.1:${(upstream.server.address() as AddressInfo).port}`;
  }
  function reset() {
    calls.length = 0;
    upstream.answer = echo;
    upstream.readiness = { status: 'ok' };
  }
  async function stop() {
    upstream.server.closeAllConnections();
    await new Promise((resolve) => upstream.server.close(resolve));
  }
  await start();
  return upstream;
}

/** The gateway on a free port, with a Redis of its own and an issuer whose tokens it takes. */
export async function startGateway(upstreams: object, variables: Record<string, string> = {}, logs?: string[]) {
  const [redis, issuer] = await Promise.all([createTestRedis(), createIssuer()]);
  await markRevocationsComplete(redis);
  const config = environment(z.intersection(ProcessConfigSchema, gateway.config), {
    PORT: '1',
    UPSTREAMS: JSON.stringify(upstreams),
    REDIS_URL: redis.url,
    ...issuer.environment,
    ...variables,
  });
  const app = await createApplication({
    ...gateway,
    module: gateway.module.with(config),
    trustedProxies: config.TRUSTED_PROXIES,
    metrics: config.METRICS,
    ...(logs && { logger: createLogger({ name: 'gateway', destination: { write: (line) => void logs.push(line) } }) }),
  });
  await serve(app, 0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    app,
    port,
    url: `http://127.0.0.1:${port}`,
    redis,
    someone: issuer.someone,
    someoneFor: issuer.someoneFor,
    raw: (message: string, options?: { end: boolean }) => raw(port, message, options),
    stop: async () => {
      await app.close();
      await redis.drop();
    },
  };
}

/** Sends bytes as they are, without a client that would mend them, and answers with what came back. `end` says that nothing follows. */
async function raw(port: number, message: string, { end = false } = {}) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  if (end) socket.end(message);
  else socket.write(message);
  const answer = await text(socket);
  socket.destroy();
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head, body };
}
