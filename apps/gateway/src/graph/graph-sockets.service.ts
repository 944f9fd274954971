import { TokenVerifier } from '@cairn/auth';
import { gauge } from '@cairn/observability';
import {
  ForbiddenException,
  Inject,
  Injectable,
  ServiceUnavailableException,
  type OnModuleDestroy,
} from '@nestjs/common';
import { handleProtocols, makeServer, type FormattedExecutionResult } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Config } from '../config.ts';
import { Admission } from '../edge/admission.service.ts';
import { StreamPlaces } from '../edge/stream-places.service.ts';
import type { Exchange } from '../edge/exchange.ts';
import { mayOpen } from '../edge/origin.ts';
import { GraphSocket, type Operation } from './graph-socket.gateway.ts';
import { GraphService } from './graph.service.ts';

/** For whoever has connected and does not say so. */
const INIT_MS = 3_000;
/** How long clients may take to say goodbye. */
const FAREWELL_MS = 1_500;
const GOING_AWAY = 1001;

/** WebSockets at /graphql, with the protocol graphql-transport-ws: subscriptions, and queries and changes as well. */
@Injectable()
export class GraphSockets implements OnModuleDestroy {
  private readonly upgrades: WebSocketServer;
  private stopping = false;
  private readonly protocol = makeServer<Record<string, unknown>, GraphSocket>({
    connectionInitWaitTimeout: INIT_MS,
    onConnect: ({ extra, connectionParams }) => extra.connect(connectionParams),
    onSubscribe: ({ extra, subscriptions }, _id, payload) => extra.choose(payload, Object.keys(subscriptions).length),
    execute: (args) => (args as Operation).run(),
    subscribe: (args) => (args as Operation).run() as Promise<AsyncIterable<never>>,
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult, // errors have their form already
  });

  constructor(
    @Inject('config') private readonly config: Config,
    private readonly admission: Admission,
    private readonly places: StreamPlaces,
    private readonly tokens: TokenVerifier,
    private readonly graph: GraphService,
  ) {
    const { maxBody } = config.ROUTE_CLASSES.graph!;
    this.upgrades = new WebSocketServer({
      noServer: true,
      maxPayload: maxBody,
      handleProtocols,
      perMessageDeflate: false, // 300 KB for each connection, and bombs
    });
    gauge('gateway_graphql_sockets', { help: 'WebSockets at the graph', read: () => this.upgrades.clients.size });
  }

  /**
   * Switches protocols for a request that was let in.
   * @throws ForbiddenException for a page of another origin; TooMuchAtOnce, GatewayOverloaded
   */
  take(exchange: Exchange, head: Buffer): void {
    const { request, response, client } = exchange;
    if (this.stopping) throw new ServiceUnavailableException('This instance stops');
    if (!mayOpen(request.headers.origin, client, this.config.CORS_ORIGINS))
      throw new ForbiddenException('Pages of this origin may not connect');
    this.places.hold(exchange);
    const socket = response.socket!;
    response.statusCode = exchange.about.status = 101;
    response.detachSocket(socket);
    socket.once('close', () => response.emit('close'));
    this.upgrades.handleUpgrade(request, socket, head, (open) => {
      const { graph, admission, tokens } = this;
      const { deadlineMs } = this.config.ROUTE_CLASSES.graph!;
      const needs = { graph, admission, tokens, deadlineMs, patienceMs: this.config.ANSWER_IDLE_MS };
      new GraphSocket(open, exchange, needs).speak(this.protocol);
    });
  }

  /** Before the server waits for them. */
  async onModuleDestroy() {
    this.stopping = true;
    await Promise.all([...this.upgrades.clients].map(sayGoodbye));
  }
}

async function sayGoodbye(socket: WebSocket): Promise<void> {
  const late = setTimeout(() => socket.terminate(), FAREWELL_MS);
  const gone = new Promise((resolve) => socket.once('close', resolve));
  socket.close(GOING_AWAY, 'The gateway stops');
  await gone;
  clearTimeout(late);
}
