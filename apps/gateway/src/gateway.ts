import { origin, services } from '@cairn/local/topology';
import { sendProblem } from '@cairn/http';
import proxy from '@fastify/http-proxy';
import fastify, { type FastifyInstance } from 'fastify';
import { randomBytes, randomUUID } from 'node:crypto';
import { docs } from './docs.ts';
import { health } from './health.ts';

/** Streams every public route of the topology to the service that owns it. */
export async function createGateway(portBase: number): Promise<FastifyInstance> {
  const app = fastify({
    requestIdHeader: 'x-request-id',
    genReqId: () => randomUUID(),
    bodyLimit: 1_048_576,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
  });
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(Object.assign(new Error(`Nothing is at ${request.url}`), { statusCode: 404 }), request, reply),
  );
  app.addHook(
    'onSend',
    async (request, reply) => void reply.header('X-Request-Id', request.id).header('X-Content-Type-Options', 'nosniff'),
  );

  for (const [name, service] of services) {
    for (const prefix of service.routes) {
      await app.register(proxy, {
        upstream: origin(portBase, name),
        prefix,
        rewritePrefix: prefix,
        replyOptions: {
          rewriteRequestHeaders: (request, headers) => ({
            ...headers,
            'x-request-id': request.id,
            traceparent: headers.traceparent ?? newTrace(),
          }),
          onError: (reply, { error }) =>
            sendProblem(Object.assign(error, { code: 'ECONNREFUSED' }), reply.request as never, reply as never),
        },
      });
    }
  }
  await app.register(docs, { portBase });
  await app.register(health, { portBase });
  return app;
}

/** W3C Trace Context, section 3.2: version, trace id, parent id, sampled. */
const newTrace = () => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
