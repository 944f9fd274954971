import { load } from '../load.ts';
import { assertSameSize } from '../same-answer.ts';
import { ratios, type Bench } from '../side.ts';

export const caching: Bench = {
  name: 'caching',
  question:
    'The next of a thousand cached values of 1 KB behind one fastify handler: from our memory against a `Map`, from our Redis level (no memory) against a bare ioredis `GET` and `JSON.parse`, auto-pipelined as ours is.',
  async open(system) {
    const environment = { REDIS_URL: system.redisUrl };
    const sides = ['map', 'memory', 'get', 'redis'] as const;
    const [map, memory, get, redis] = await Promise.all(
      sides.map((kind) => system.side('cached', { ...environment, KIND: kind }, kind)),
    );
    const side = (name: string, server: NonNullable<typeof map>, isOurs: boolean) => ({
      name,
      isOurs,
      measure: (seconds: number) => load(server, { url: `${server.origin}/things` }, seconds),
    });
    const urls = [map, memory, get, redis].map((server) => ({ url: `${server!.origin}/things` }));
    for (const other of urls.slice(1)) await assertSameSize(urls[0]!, other);
    return {
      sides: [
        side('from memory', memory!, true),
        side('a Map', map!, false),
        side('from Redis', redis!, true),
        side('a bare GET', get!, false),
      ],
      goals: [...ratios('from memory', 'a Map', 0.9), ...ratios('from Redis', 'a bare GET', 0.8)],
    };
  },
};
