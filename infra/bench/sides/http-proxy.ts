import proxy from '@fastify/http-proxy';
import fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import { listening } from './listening.ts';

/* The proxy that one gets in two lines: nothing is verified, limited, counted or logged. */

const app = fastify();
await app.register(proxy, { upstream: process.env.UPSTREAM! });
await app.listen({ port: 0, host: '127.0.0.1' });
listening((app.server.address() as AddressInfo).port);
