import { logProblem, problemAnswer } from '@cairn/http';
import { LOGGER, Lifecycle } from '@cairn/service';
import { counter, DEADLINE_HEADER, gauge, observeRequest } from '@cairn/observability';
import {
  HttpException,
  Inject,
  Injectable,
  MethodNotAllowedException,
  NotFoundException,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { ServerResponse, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { GraphSockets } from '../graph/graph-sockets.service.ts';
import { ProxyService } from '../proxy/proxy.service.ts';
import { logAccess } from './access-log.ts';
import { Admission } from './admission.service.ts';
import { rememberAdmitted } from './admitted.ts';
import { ANY_ORIGIN, Cors, SECURITY_HEADERS } from './answer-headers.ts';
import { badRequest } from './bad-request.ts';
import { clientAddresses } from './client-address.ts';
import { Exchange, type ProblemOf } from './exchange.ts';
import { malformed } from './framing.ts';
import { Places } from './places.ts';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** How often it is looked for connections that take too long. Node's own 30 s would let each have that on top. */
const CHECK_CONNECTIONS_MS = 1_000;
/** Asked by machines every other second, and when everything else is refused. */
const OF_MACHINES = /^\/(health\/(live|ready)|metrics)$/;

/**
 * The first to see a request, before the framework: what is hostile ends here, what is proxied is streamed from here, and only the
 * gateway's own pages and the graph go on to Nest. A proxied request costs a third of what it would as a route of the framework.
 */
@Injectable()
export class Front implements OnModuleInit {
  private readonly cors: Cors;
  private readonly clientOf: ReturnType<typeof clientAddresses>;
  private readonly places: Places;

  constructor(
    @Inject('config') private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly lifecycle: Lifecycle,
    private readonly admission: Admission,
    private readonly proxy: ProxyService,
    private readonly graph: GraphSockets,
    private readonly host: HttpAdapterHost,
  ) {
    this.cors = new Cors(config.CORS_ORIGINS);
    this.places = new Places(config.MAX_IN_FLIGHT, config.MAX_IN_FLIGHT_PER_CLIENT);
    gauge('gateway_in_flight', { help: 'Requests that have no whole answer yet', read: () => this.places.taken });
    counter('gateway_refusals_total', {
      help: 'Problems that the gateway itself answered with',
      label: 'code',
      read: () => Object.fromEntries(refusals),
    });
    this.clientOf = clientAddresses(config.TRUSTED_PROXIES, (peer) =>
      logger.warn(
        { peer },
        'X-Forwarded-For comes from a peer that is not among TRUSTED_PROXIES: if it is a load balancer, all of its clients share one limit',
      ),
    );
  }

  onModuleInit() {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    server.headersTimeout = this.config.HEADERS_TIMEOUT_MS;
    server.requestTimeout = this.config.BODY_TIMEOUT_MS;
    server.timeout = this.config.ANSWER_IDLE_MS; // who does not read an answer holds a place of all
    const [framework] = server.listeners('request') as RequestListener[];
    server.removeListener('request', framework!);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.take(request, response, framework!)); // prettier-ignore
    // Of the protocols that HTTP can be switched to only this one is; others are answered as if they had not been asked for.
    Object.assign(server, { shouldUpgradeCallback: isWebSocket, connectionsCheckingInterval: CHECK_CONNECTIONS_MS, requireHostHeader: false }); // prettier-ignore
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      waiting.add(request);
      server.emit('request', request, response);
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => this.upgrade(request, socket, head)); // prettier-ignore
    server.removeAllListeners('clientError');
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      if (hostile.has(socket)) return void socket.end(); // it has its answer, and what follows is no request
      if (socket.writable && error.code !== 'ECONNRESET') socket.write(badRequest(error.code, randomUUID()));
      socket.destroy();
    });
  }

  private take(request: IncomingMessage, response: ServerResponse, framework: RequestListener): void {
    const exchange = new Exchange(request, response, this.clientOf(request), problemOf);
    exchange.expectsContinue = waiting.delete(request);
    this.enter(exchange);
    exchange.fields.push(...SECURITY_HEADERS);
    if (this.lifecycle.stopping) exchange.fields.push('connection', 'close');
    exchange.isUnnamed = this.proxy.isUnnamed(exchange.target);
    const isOfMachines = OF_MACHINES.test(exchange.path);
    const refusal = this.refusalOf(exchange, isOfMachines);
    if (refusal) return this.refuse(exchange, refusal);
    const cors = this.proxy.isForAnyOrigin(exchange.target) ? ANY_ORIGIN : this.cors;
    const preflight = cors.preflight(request.method, request.headers);
    if (preflight) return void response.writeHead(204, [...exchange.fields, ...preflight]).end();
    exchange.fields.push(...cors.fields(request.headers));

    const routed = this.proxy.find(exchange.target);
    if (!routed) return this.handOn(exchange, framework, isOfMachines);
    exchange.route = routed.prefix;
    if (!METHODS.has(request.method!)) {
      exchange.fields.push('allow', [...METHODS].join(', '));
      return this.refuse(exchange, new MethodNotAllowedException(`${request.method} is not for ${exchange.path}`));
    }
    this.tellOf(exchange);
    this.proxy.forward(exchange, routed).catch((error: unknown) => exchange.refuse(error));
  }

  /** A request to switch protocols: Node has taken it out of HTTP, so that a refusal has to be put back into it. */
  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    response.shouldKeepAlive = false;
    response.once('finish', () => socket.destroySoon()); // no time-out of HTTP watches it any more
    socket.once('error', () => socket.destroy());
    const exchange = new Exchange(request, response, this.clientOf(request), problemOf);
    this.enter(exchange); // until the protocol is switched, or refused
    exchange.fields.push(...SECURITY_HEADERS);
    this.tellOf(exchange);
    const refusal = this.refusalOf(exchange, false);
    if (refusal) return exchange.refuse(refusal);
    if (isGraph(exchange)) return this.upgradeToGraph(exchange, head);
    const routed = this.proxy.find(exchange.target);
    if (routed) exchange.route = routed.prefix;
    const done = routed ? this.proxy.upgrade(exchange, routed, head) : this.admission.admit(exchange, 'read');
    done.then(
      () => routed ?? exchange.refuse(new NotFoundException(`Nothing is at ${exchange.path}`)),
      (error: unknown) => exchange.refuse(error),
    );
  }

  private upgradeToGraph(exchange: Exchange, head: Buffer): void {
    exchange.route = '/graphql';
    const take = () => exchange.response.destroyed || this.graph.take(exchange, head);
    this.admission.admit(exchange, 'graph').then(take).catch((error: unknown) => exchange.refuse(error)); // prettier-ignore
  }

  /** Counted until the answer is out, also one that its client does not read. */
  private enter(exchange: Exchange): void {
    exchange.leave = this.places.take(exchange.network);
    exchange.response.once('close', exchange.leave);
  }

  private refusalOf({ request, fields, network }: Exchange, isOfMachines: boolean): Error | undefined {
    const wrong = malformed(request);
    if (wrong) {
      hostile.add(request.socket);
      fields.push('connection', 'close'); // nobody can tell where the next request would begin
      return new HttpException(wrong.detail, wrong.status);
    }
    return isOfMachines ? undefined : this.places.refusal(network);
  }

  /** To the framework, which logs and measures what it answers. */
  private handOn(exchange: Exchange, framework: RequestListener, isOfMachines: boolean): void {
    const { request, response, fields } = exchange;
    const go = () => {
      rememberAdmitted(exchange);
      for (let index = 0; index < fields.length; index += 2) response.setHeader(fields[index]!, fields[index + 1]!);
      request.url = exchange.target;
      delete request.headers[DEADLINE_HEADER]; // how long something may take is for the gateway to say
      if (exchange.expectsContinue) response.writeContinue();
      framework(request, response);
    };
    if (isOfMachines) return go();
    this.admission
      .admit(exchange, isGraph(exchange) ? 'graph' : 'read')
      .then(go, (error: unknown) => this.refuse(exchange, error));
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

const isGraph = ({ path }: Exchange) => decodeURIComponent(path) === '/graphql';

const isWebSocket = ({ headers, method }: IncomingMessage) =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/** Connections on which something has been refused that two servers could read in two ways. */
const hostile = new WeakSet<Socket>();

/** How often, by the code of the problem. */
const refusals = new Map<string, number>();

/** A stack only of what nobody foresaw: the rest is in the line that each request has. */
const problemOf: ProblemOf = (error, requestId) => {
  const answer = problemAnswer(error, requestId);
  refusals.set(answer.body.code, (refusals.get(answer.body.code) ?? 0) + 1);
  if (answer.status === 500) logProblem(error);
  return answer;
};

/** Requests whose client waits for `100 Continue`. */
const waiting = new WeakSet<IncomingMessage>();
