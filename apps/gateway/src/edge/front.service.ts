import { LOGGER, Lifecycle } from '@cairn/service';
import { observeRequest } from '@cairn/observability';
import { HttpException, Inject, Injectable, MethodNotAllowedException, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { GatewayOverloaded } from '../proxy/proxy.errors.ts';
import { ProxyService } from '../proxy/proxy.service.ts';
import { logAccess } from './access-log.ts';
import { Admission } from './admission.service.ts';
import { Cors, SECURITY_HEADERS } from './answer-headers.ts';
import { badRequest } from './bad-request.ts';
import { clientAddresses } from './client-address.ts';
import { Exchange } from './exchange.ts';
import { malformed } from './framing.ts';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Asked by machines every other second, and when everything else is refused. */
const OF_MACHINES = /^\/(health\/|metrics$)/;

/**
 * The first to see a request, before the framework: what is hostile ends here, what is proxied is streamed from here, and only the
 * gateway's own pages and the graph go on to Nest. A proxied request costs a third of what it would as a route of the framework.
 */
@Injectable()
export class Front implements OnModuleInit {
  private readonly cors: Cors;
  private readonly clientOf: ReturnType<typeof clientAddresses>;
  private inFlight = 0;

  constructor(
    @Inject('config') private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly lifecycle: Lifecycle,
    private readonly admission: Admission,
    private readonly proxy: ProxyService,
    private readonly host: HttpAdapterHost,
  ) {
    this.cors = new Cors(config.CORS_ORIGINS);
    this.clientOf = clientAddresses(config.TRUSTED_PROXIES);
  }

  onModuleInit() {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    server.headersTimeout = this.config.HEADERS_TIMEOUT_MS;
    server.requestTimeout = this.config.BODY_TIMEOUT_MS;
    const [framework] = server.listeners('request') as RequestListener[];
    server.removeListener('request', framework!);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.take(request, response, framework!)); // prettier-ignore
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      waiting.add(request);
      server.emit('request', request, response);
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => void this.proxy.upgrade(request, socket, head)); // prettier-ignore
    server.removeAllListeners('clientError');
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      if (socket.writable && error.code !== 'ECONNRESET') socket.write(badRequest(error.code, randomUUID()));
      socket.destroy();
    });
  }

  private take(request: IncomingMessage, response: ServerResponse, framework: RequestListener): void {
    const exchange = new Exchange(request, response);
    exchange.expectsContinue = waiting.delete(request);
    this.inFlight++;
    response.once('close', () => void this.inFlight--);
    exchange.client = this.clientOf(request);
    exchange.fields.push(...SECURITY_HEADERS);
    if (this.lifecycle.stopping) exchange.fields.push('connection', 'close');

    const wrong = malformed(request);
    if (wrong) return this.refuse(exchange, new HttpException(wrong.detail, wrong.status));
    const { path } = exchange;
    const isOfMachines = OF_MACHINES.test(path);
    if (this.inFlight > this.config.MAX_IN_FLIGHT && !isOfMachines)
      return this.refuse(exchange, new GatewayOverloaded(undefined, { retryAfter: 1 }));
    const preflight = this.cors.preflight(request.method, request.headers);
    if (preflight) return void response.writeHead(204, [...exchange.fields, ...preflight]).end();
    exchange.fields.push(...this.cors.fields(request.headers));

    const routed = this.proxy.find(exchange.target);
    if (!routed) return this.handOn(exchange, framework, isOfMachines);
    exchange.route = routed.prefix;
    if (!METHODS.has(request.method!)) {
      exchange.fields.push('allow', [...METHODS].join(', '));
      return this.refuse(exchange, new MethodNotAllowedException(`${request.method} is not for ${path}`));
    }
    this.tellOf(exchange);
    this.proxy.forward(exchange, routed).catch((error: unknown) => exchange.refuse(error));
  }

  /** To the framework, which logs and measures what it answers. */
  private handOn(exchange: Exchange, framework: RequestListener, isOfMachines: boolean): void {
    const { request, response, fields } = exchange;
    const go = () => {
      for (let index = 0; index < fields.length; index += 2) response.setHeader(fields[index]!, fields[index + 1]!);
      request.url = exchange.target;
      if (exchange.expectsContinue) response.writeContinue();
      framework(request, response);
    };
    if (isOfMachines) return go();
    const routeClass = exchange.path === '/graphql' ? 'graph' : 'read';
    this.admission.admit(exchange, routeClass).then(go, (error: unknown) => this.refuse(exchange, error));
  }

  private refuse(exchange: Exchange, error: unknown): void {
    this.tellOf(exchange);
    exchange.refuse(error);
  }

  /** One line and one observation, when it is over. */
  private tellOf(exchange: Exchange): void {
    const { request, response, since } = exchange;
    response.once('close', () => {
      const status = response.headersSent ? response.statusCode : undefined;
      const seconds = (performance.now() - since) / 1_000;
      observeRequest({ method: request.method!, route: exchange.route, status, seconds });
      logAccess(this.logger, exchange, seconds);
    });
  }
}

/** Requests whose client waits for `100 Continue`. */
const waiting = new WeakSet<IncomingMessage>();
