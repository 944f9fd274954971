import { DeadlineExceeded, sendProblem } from '@cairn/http';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Answers 504 as soon as the time that the caller gave is over, whatever the handler waits for: its own answer then comes too late
 * and is dropped. Who has sent no X-Request-Timeout-Ms has no timer. Call it after requestLogging and before other hooks.
 */
export function answerInTime(fastify: FastifyInstance): void {
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  fastify.addHook('onRequest', (request, reply, next) => {
    const deadline = request.observed?.deadline;
    if (deadline === undefined) return next();
    const timer = setTimeout(() => {
      sendProblem(new DeadlineExceeded(), request, reply);
      reply.hijack(); // whatever the handler sends from now on is not for this connection
    }, deadline - performance.now());
    timers.set(request, timer);
    reply.raw.once('close', () => clearTimeout(timer));
    next();
  });
  // An answer that is on its way is not answered over.
  fastify.addHook('onSend', (request, _reply, payload, next) => {
    if (request.observed?.deadline !== undefined) clearTimeout(timers.get(request));
    next(null, payload);
  });
}
