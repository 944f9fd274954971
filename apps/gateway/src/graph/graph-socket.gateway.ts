import { identifyCaller, requestContext } from '@cairn/observability';
import { mapped } from '@cairn/service/stream';
import { GraphQLError, type ExecutionArgs } from 'graphql';
import { CloseCode, type makeServer } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { bearerToken, type TokenVerifier } from '@cairn/auth';
import type { Admission } from '../edge/admission.service.ts';
import type { Exchange } from '../edge/exchange.ts';
import { asking } from './asking.ts';
import type { FormattedError } from './error-format.ts';
import { TooManySubscriptions } from './graph.errors.ts';
import { InvalidParameters, parametersOf } from './graph-request.ts';
import { isMany } from './graph-event-streams.service.ts';
import { isChosen, type Chosen, type GraphAnswer, type GraphService } from './graph.service.ts';

/** At once, on one connection. */
export const MOST_SUBSCRIPTIONS = 50;
/** Bytes that wait for a reader who does not take them. */
const MOST_UNREAD = 1_048_576;
const PING_MS = 15_000;
/** A revoked session is out within a second: half of that is for its revocation to arrive. */
const CHECK_MS = 500;
const TRY_AGAIN_LATER = 1013;

export interface Operation extends ExecutionArgs {
  run(): Promise<object>;
}

interface Needs {
  readonly admission: Admission;
  readonly tokens: TokenVerifier;
  readonly graph: GraphService;
  /** Of one operation or event. */
  readonly deadlineMs: number;
  /** For which a reader may take nothing. */
  readonly patienceMs: number;
}

/** One client that speaks graphql-transport-ws, and what it may do. */
export class GraphSocket {
  private readonly leaving = new AbortController();
  private readonly checking = setInterval(() => void this.isAdmitted(), CHECK_MS);
  private readonly pinging = setInterval(() => this.ping(), PING_MS);
  private isAlive = true;
  private authorization: string | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly exchange: Exchange,
    private readonly needs: Needs,
  ) {
    this.authorization = exchange.request.headers.authorization; // verified with the handshake
    socket.on('pong', () => (this.isAlive = true));
    socket.on('error', () => undefined); // `close` follows
    socket.once('close', () => {
      this.leaving.abort();
      clearInterval(this.checking);
      clearInterval(this.pinging);
    });
  }

  speak(protocol: ReturnType<typeof makeServer<Record<string, unknown>, GraphSocket>>): void {
    const { socket, exchange } = this;
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => this.send(text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) =>
          socket.on('message', (message) => {
            requestContext
              .run(exchange.ids, () => take(String(message)))
              .catch(() => socket.close(CloseCode.InternalServerError, 'Internal server error'));
          }),
      },
      this,
    );
    socket.once('close', (code, reason) => void closed(code, String(reason)));
  }

  /** A browser cannot send the token with the handshake. False for one that is not good. */
  async connect({ authorization, Authorization = authorization }: Record<string, unknown> = {}): Promise<boolean> {
    const { admission } = this.needs;
    if (Authorization === undefined) return true;
    try {
      await admission.identifyBy(this.exchange, 'graph', String(Authorization));
    } catch (error) {
      if ((error as { getStatus?(): number }).getStatus?.() !== 401) this.socket.close(TRY_AGAIN_LATER);
      return false;
    }
    this.authorization = String(Authorization);
    identifyCaller(this.exchange.userId!);
    return true;
  }

  /** What a client wants executed, or why that may not be. @param open among them the one that is asked for */
  async choose(payload: unknown, open: number): Promise<Operation | readonly GraphQLError[]> {
    const { admission, graph } = this.needs;
    try {
      await admission.countOne(this.exchange, 'graph');
      if (open > MOST_SUBSCRIPTIONS) throw new TooManySubscriptions(`At most ${MOST_SUBSCRIPTIONS} are open on one connection`); // prettier-ignore
      const chosen = await graph.prepare(parametersOf(payload), true);
      if (!isChosen(chosen)) return (chosen.errors ?? []).map(asSaid);
      const { document } = chosen.prepared;
      const operationName = chosen.operation.node.name?.value;
      return { schema: graph.load().schema, document, operationName, run: () => this.run(chosen) };
    } catch (error) {
      if (error instanceof InvalidParameters) return [new GraphQLError(error.message, { extensions: { code: 'request.invalid', status: 400, errors: error.errors } })]; // prettier-ignore
      return (graph.refusal(asGraphQLError(error)).errors ?? []).map(asSaid);
    }
  }

  private async run(chosen: Chosen) {
    const { graph, deadlineMs } = this.needs;
    const answers = await graph.run(chosen, asking(this.exchange, this.authorization, this.leaving.signal, deadlineMs));
    if (!isMany(answers)) return payloadOf(answers);
    return mapped(answers, async (answer) => {
      await this.isAdmitted(); // else it is closed, and nothing more is sent
      return payloadOf(answer);
    });
  }

  /** Whether its token, if it has one, is still good. Who has come with one that is not any more is shown out, and may come back with another. */
  private async isAdmitted(): Promise<boolean> {
    const { authorization } = this;
    if (authorization === undefined) return true;
    const token = bearerToken({ headersDistinct: { authorization: [authorization] } });
    if (token !== undefined && (await this.needs.tokens.admits(token))) return true;
    this.leaving.abort(); // who does not say goodbye is not told more meanwhile
    this.socket.close(CloseCode.Forbidden, 'The access token has run out, or its session has ended');
    return false;
  }

  /** Resolves when the network has taken it: nothing more is made for a reader who does not read. */
  private send(text: string): Promise<void> {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return Promise.resolve();
    if (socket.bufferedAmount > MOST_UNREAD) socket.terminate();
    return new Promise((resolve) => {
      const late = setTimeout(() => socket.terminate(), this.needs.patienceMs);
      socket.send(text, () => {
        clearTimeout(late);
        resolve(); // one that failed is followed by `close`
      });
    });
  }

  private ping(): void {
    if (!this.isAlive) return this.socket.terminate();
    this.isAlive = false;
    this.socket.ping();
  }
}

/** As the protocol has it; what one service wrote is read for it. */
const payloadOf = ({ text, cost: _, ...answer }: GraphAnswer): object =>
  text === undefined ? answer : (JSON.parse(text) as object);

const asGraphQLError = (error: unknown) =>
  error instanceof GraphQLError ? error : new GraphQLError((error as Error).message, { originalError: error as Error });

/** graphql-ws takes errors of GraphQL; they are to leave as they are written here. */
const asSaid = (said: FormattedError): GraphQLError =>
  Object.assign(new GraphQLError(said.message), { toJSON: () => said });
