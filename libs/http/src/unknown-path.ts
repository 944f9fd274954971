import { MethodNotAllowedException, NotFoundException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from './problem-details.filter.ts';

/**
 * Answers 404, or 405 with Allow where the path is known under other methods (RFC 9110, section 15.5.6).
 * Call it before the routes are added.
 */
export function answerUnknownPaths(instance: FastifyInstance): void {
  const routes: { pattern: RegExp; method: string }[] = [];
  instance.addHook('onRoute', ({ method, url }) => {
    if (url === '*') return; // CORS answers preflights of every path: that does not make it known
    for (const each of [method].flat()) routes.push({ pattern: patternOf(url), method: each });
  });
  instance.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!;
    const allowed = new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
    if (allowed.size === 0) return sendProblem(new NotFoundException(`Nothing is at ${path}`), request, reply);
    reply.header('Allow', [...allowed].sort().join(', '));
    sendProblem(new MethodNotAllowedException(`${request.method} is not for ${path}`), request, reply);
  });
}

/** `/posts/:slug` as a regular expression. */
const patternOf = (url: string) =>
  new RegExp(
    `^${url
      .replace(/[.+?^$()[\]\\]/g, '\\$&')
      .replace(/:\w+/g, '[^/]+')
      .replace(/\*/g, '.*')}$`,
  );
