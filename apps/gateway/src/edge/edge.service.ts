import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { BadRequestException, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Config } from '../config.ts';
import { badRequest } from './bad-request.ts';

/** Milliseconds for the head of a request, and for all of it. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 120_000;

/** What the gateway does to every request and answer, because it is the first to speak with strangers. */
@Injectable()
export class EdgeService implements OnModuleInit {
  constructor(
    @Inject('config') private readonly config: Config,
    private readonly host: HttpAdapterHost,
  ) {}

  async onModuleInit() {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    await fastify.register(helmet, {
      // An API's answers are data: should one be shown as a page, it can load and do nothing.
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
      crossOriginResourcePolicy: { policy: 'cross-origin' }, // who may read is for CORS to say
    });
    if (this.config.CORS_ORIGINS.length > 0)
      await fastify.register(cors, {
        origin: [...this.config.CORS_ORIGINS],
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        exposedHeaders: [
          'ETag',
          'Link',
          'Location',
          'Retry-After',
          'RateLimit',
          'RateLimit-Policy',
          'X-Request-Id',
          'Idempotent-Replayed',
        ],
        maxAge: 600,
        strictPreflight: false,
      });
    fastify.addHook('onRequest', async ({ raw }) => {
      // RFC 9112, section 3.2; Node takes the first, a service behind might take the other
      const hosts = raw.rawHeaders.filter((header, index) => index % 2 === 0 && header.toLowerCase() === 'host');
      if (hosts.length > 1) throw new BadRequestException('There is more than one Host');
    });
    const { server } = fastify;
    server.headersTimeout = HEADERS_TIMEOUT_MS;
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.removeAllListeners('clientError');
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      if (socket.writable && error.code !== 'ECONNRESET') socket.write(badRequest(error.code, randomUUID()));
      socket.destroy();
    });
  }
}
