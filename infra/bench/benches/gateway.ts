import { topology } from '@cairn/local/topology';
import { EVERYTHING_ON } from '../everything-on.ts';
import { load } from '../load.ts';
import { author, IDENTITY } from '../people.ts';
import { answerTo } from '../same-answer.ts';
import { ratios, type Bench, type Side } from '../side.ts';
import type { Running } from '../system.ts';

/** So few at once that nobody waits for another. */
const CALM = 2;

export const gateway: Bench = {
  name: 'gateway',
  question:
    'A signed-in request through the gateway, every duty of it on, against bare `@fastify/http-proxy` and against undici’s `Pool.dispatch` alone, to one upstream that answers 0.9 KB of JSON.',
  async open(system) {
    await system.service('identity', IDENTITY);
    const { accessToken } = await author(system, 'bench');
    const upstream = await system.side('upstream', { ROUTES: topology.blog.routes.join(',') });
    const behind = { UPSTREAM: upstream.origin };
    const [ours, bare, least] = await Promise.all([
      system.service('gateway', { ...system.upstreams({ blog: upstream.origin }), ...EVERYTHING_ON }),
      system.side('http-proxy', behind),
      system.side('pool-dispatch', behind),
    ]);
    const side = (name: string, server: Running, connections?: number): Side => ({
      name,
      isOurs: name === 'gateway',
      measure: (seconds) =>
        load(
          server,
          { url: `${server.origin}/api/v1/posts`, headers: { authorization: `Bearer ${accessToken}` } },
          seconds,
          connections,
        ),
    });
    for (const { origin } of [ours, bare, least]) await answerTo({ url: `${origin}/api/v1/posts` });
    return {
      sides: [
        side('gateway', ours),
        side('http-proxy', bare),
        side('Pool.dispatch', least),
        side('gateway, calm', ours, CALM),
        side('upstream itself, calm', upstream, CALM),
      ],
      goals: [
        ...ratios('gateway', 'http-proxy', 1.2),
        ...ratios('Pool.dispatch', 'http-proxy'),
        {
          what: `added to the median latency, ${CALM} at once`,
          unit: 'ms',
          atMost: 1,
          value: (round) => round['gateway, calm']!['p50 ms']! - round['upstream itself, calm']!['p50 ms']!,
        },
      ],
    };
  },
};
