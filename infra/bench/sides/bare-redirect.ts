import fastify from 'fastify';
import { Redis } from 'ioredis';
import type { AddressInfo } from 'node:net';
import { listening } from './listening.ts';

/* The least that redirects: the address by its code from Redis, auto-pipelined, and nothing recorded. */

const redis = new Redis(process.env.REDIS_URL!, { enableAutoPipelining: true });
await redis.set('bench:link:measured', process.env.TARGET!);

const app = fastify();
app.get<{ Params: { code: string } }>('/s/:code', async ({ params }, reply) => {
  const address = await redis.get(`bench:link:${params.code}`);
  return address === null ? reply.status(404).send() : reply.redirect(address, 302);
});
await app.listen({ port: 0, host: '127.0.0.1' });
listening((app.server.address() as AddressInfo).port);
