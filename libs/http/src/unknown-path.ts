import { MethodNotAllowedException, NotFoundException } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problem-details.filter.ts';

/**
 * Answers 404, or 405 with Allow where the path is known under other methods (RFC 9110, section 15.5.6).
 * Call it before the routes are added.
 */
export function answerUnknownPaths(instance: FastifyInstance): void {
  const routes: { url: string; pattern: RegExp; method: string }[] = [];
  instance.addHook('onRoute', ({ method, url }) => {
    if (url === '*') return; // CORS answers preflights of every path: that does not make it known
    for (const each of [method].flat()) routes.push({ url, pattern: patternOf(url), method: each });
  });
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?')[0]!;
    // `/posts/import` is a path of its own, though `/posts/:slug` fits it too.
    const own = routes.filter(({ url }) => url === path);
    const known = own.length ? own : routes.filter(({ pattern }) => pattern.test(path));
    const allowed = new Set(known.map(({ method }) => method));
    if (allowed.size === 0) return sendProblem(new NotFoundException(`Nothing is at ${path}`), request, reply);
    reply.header('Allow', [...allowed].sort().join(', '));
    sendProblem(new MethodNotAllowedException(`${request.method} is not for ${path}`), request, reply);
  };
  instance.setNotFoundHandler(answer);
  // Before its body is looked at: whatever is wrong with that (QUERY without a Content-Type) is not the point.
  instance.addHook('preParsing', async (request, reply, payload) => {
    if (!request.is404) return payload;
    answer(request, reply);
    return reply as never;
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
