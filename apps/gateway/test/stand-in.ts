import { createApplication, environment, ProcessConfigSchema, serve } from '@cairn/service';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { gateway } from '../src/app.module.ts';

/** A real server in the place of a service; `answer` may be set anew by each test. */
export async function standIn() {
  const calls: IncomingMessage[] = [];
  const echo = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ url: request.url, method: request.method, headers: request.headers, body }));
  };
  const upstream = { calls, answer: echo as RequestListener, origin: '', server: createServer(), reset, stop, start };
  upstream.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
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
  }
  async function stop() {
    upstream.server.closeAllConnections();
    await new Promise((resolve) => upstream.server.close(resolve));
  }
  await start();
  return upstream;
}

export async function startGateway(upstreams: object, variables: Record<string, string> = {}) {
  const config = environment(z.intersection(ProcessConfigSchema, gateway.config), {
    PORT: '1',
    UPSTREAMS: JSON.stringify(upstreams),
    ...variables,
  });
  const app = await createApplication({
    ...gateway,
    module: gateway.module.with(config),
    trustedProxies: config.TRUSTED_PROXIES,
  });
  await serve(app, 0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    app,
    port,
    url: `http://127.0.0.1:${port}`,
    raw: (message: string) => raw(port, message),
    stop: () => app.close(),
  };
}

/** Sends bytes as they are, without a client that would mend them, and answers with what came back. */
async function raw(port: number, message: string) {
  const socket = connect(port, '127.0.0.1');
  socket.write(message);
  const answer = await text(socket);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head, body };
}
