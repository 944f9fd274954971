import { propagationHeaders } from '@cairn/observability';
import { Inject, Injectable, NotFoundException, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { boundedBody, tooLarge } from './bounded-body.ts';
import { requestHeaders, responseHeaders } from './forwarded-headers.ts';
import { isBelow } from './public-path.ts';
import type { Upstream } from './upstream.client.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Streams what lies below a public prefix to the service that owns it, and its answer back. */
@Injectable()
export class ProxyService implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject('config') private readonly config: Config,
    @Inject('upstreams') private readonly upstreams: readonly Upstream[],
    private readonly host: HttpAdapterHost,
  ) {}

  async onModuleInit() {
    const root = this.host.httpAdapter.getInstance<FastifyInstance>();
    await root.register(async (proxied) => {
      proxied.removeAllContentTypeParsers(); // a body is passed on, not understood
      proxied.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
      for (const upstream of this.upstreams)
        for (const prefix of upstream.config.routes) this.route(proxied, prefix, upstream);
    });
  }

  async onApplicationShutdown() {
    await Promise.all(this.upstreams.map((upstream) => upstream.close()));
  }

  private route(proxied: FastifyInstance, prefix: string, upstream: Upstream) {
    const handler = (request: FastifyRequest, reply: FastifyReply) => {
      // The router has decoded the path; what is sent on has not been. They must mean the same.
      if (!isBelow(prefix, request.raw.url!)) throw new NotFoundException(`Nothing is at ${request.url.split('?')[0]}`);
      return this.forward(upstream, request, reply);
    };
    for (const url of [prefix, `${prefix}/*`]) proxied.route({ method: METHODS, url, handler });
  }

  private async forward(upstream: Upstream, request: FastifyRequest, reply: FastifyReply) {
    const leaving = new AbortController();
    reply.raw.once('close', () => leaving.abort());
    const path = request.raw.url!;
    const {
      addresses = [request.ip],
      protocol,
      host,
    } = { addresses: request.ips, protocol: request.protocol, host: request.host };
    const answer = await upstream.send({
      method: request.method,
      path,
      headers: requestHeaders(request.headers, { addresses, protocol, host }, propagationHeaders()),
      body: this.bodyOf(request, upstream.limitFor(path, this.config.MAX_BODY)),
      signal: leaving.signal,
    });
    reply.status(answer.statusCode).headers(responseHeaders(answer.headers));
    if (request.method !== 'HEAD') return reply.send(answer.body);
    answer.body.resume();
    return reply.send();
  }

  private bodyOf({ headers, raw }: FastifyRequest, limit: number) {
    const length = Number(headers['content-length'] ?? 0);
    if (length > limit) throw tooLarge(limit);
    return length > 0 || headers['transfer-encoding'] ? boundedBody(raw, limit) : null;
  }
}
