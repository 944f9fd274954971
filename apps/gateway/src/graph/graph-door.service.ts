import { InvalidInput } from '@cairn/http';
import { identifyCaller } from '@cairn/observability';
import { tooLarge } from '@cairn/service/graphql-limits';
import { EVENT_STREAM, EVENT_STREAM_FIELDS } from '@cairn/service/stream';
import { BadRequestException, Inject, Injectable, NotAcceptableException, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Config } from '../config.ts';
import { admitted } from '../edge/admitted.ts';
import { mayOpen } from '../edge/origin.ts';
import { StreamPlaces } from '../edge/stream-places.service.ts';
import { asking, type Asking } from './asking.ts';
import { GraphEventStreams } from './graph-event-streams.service.ts';
import { PreflightRequired } from './graph.errors.ts';
import { GraphMetrics } from './graph-metrics.service.ts';
import { InvalidParameters, MAX_BATCH, parametersOf, parametersOfUrl, type Parameters } from './graph-request.ts';
import { GraphService, isChosen, isSubscription, type GraphAnswer } from './graph.service.ts';
import { GraphiqlService } from './graphiql.service.ts';
import { answerType, JSON_TYPE, RESPONSE_TYPE, takesEvents, wantsPage } from './media-type.ts';
import { isDeliberate } from './preflight.ts';

/** Of refusals that GraphQL itself makes, and of the one that a client of persisted queries expects: no failure of HTTP. */
const WELL_FORMED = ['http.bad-request', 'graphql.persisted-query-not-found'];

/** GraphQL over HTTP at /graphql: what is a request, and which status and media type an answer has. */
@Injectable()
export class GraphDoorService implements OnModuleInit {
  constructor(
    @Inject('config') private readonly config: Config,
    private readonly graph: GraphService,
    private readonly metrics: GraphMetrics,
    private readonly graphiql: GraphiqlService,
    private readonly streams: GraphEventStreams,
    private readonly places: StreamPlaces,
    private readonly host: HttpAdapterHost,
  ) {}

  async onModuleInit() {
    const { maxBody } = this.config.ROUTE_CLASSES.graph!; // the front only believes what a body says of its length
    const root = this.host.httpAdapter.getInstance<FastifyInstance>();
    root.addHook('onListen', () => void this.graph.load()); // so that nobody waits for it
    root.get('/graphql', (request, reply) => this.get(request, reply));
    root.post('/graphql', { bodyLimit: maxBody }, (request, reply) => this.post(request, reply));
    await this.graphiql.addTo(root);
  }

  private async get(request: FastifyRequest, reply: FastifyReply) {
    const url = request.query as Record<string, unknown>;
    const isQuery = url.query !== undefined || url.extensions !== undefined;
    if (!isQuery && this.graphiql.isOn && wantsPage(request.headers.accept)) return this.graphiql.sendPage(reply);
    if (!isDeliberate(request.headers) && !this.isEventSource(request)) throw new PreflightRequired();
    return this.answer(request, reply, () => [parametersOfUrl(url)]);
  }

  private async post(request: FastifyRequest, reply: FastifyReply) {
    const { body } = request;
    return this.answer(request, reply, () => {
      if (!Array.isArray(body)) return [parametersOf(body)];
      if (body.length > MAX_BATCH) throw tooLarge(`Operations in a batch: at most ${MAX_BATCH} are allowed`);
      return body.map(parametersOf);
    });
  }

  private async answer(request: FastifyRequest, reply: FastifyReply, read: () => Parameters[]) {
    const { userId, client } = admitted(request.raw);
    if (userId) identifyCaller(userId);
    const type = answerType(request.headers.accept);
    if (!type) throw new NotAcceptableException(`Answers are ${RESPONSE_TYPE}, ${JSON_TYPE} or ${EVENT_STREAM}`);
    const { deadlineMs } = this.config.ROUTE_CLASSES.graph!;
    const one = asking({ client }, request.headers.authorization, leaving(reply), deadlineMs);
    if (type === EVENT_STREAM || (takesEvents(request.headers.accept) && (await this.isStream(request, read))))
      return this.stream(request, reply, read, one);
    const answers = await this.orRefusal(async () => this.graph.answer(read(), one, request.method === 'POST'));
    return this.send(request, reply, answers, type);
  }

  /** GraphQL over SSE, distinct connections mode. What is refused before anything is executed is no stream. */
  private async stream(request: FastifyRequest, reply: FastifyReply, read: () => Parameters[], one: Asking) {
    if (Array.isArray(request.body)) throw new BadRequestException('A stream is for one operation');
    const isPost = request.method === 'POST';
    const [chosen] = await this.orRefusal(async () => [await this.graph.prepare(read()[0]!, isPost)]);
    if (!isChosen(chosen!)) return this.send(request, reply, [chosen!], RESPONSE_TYPE);
    if (isSubscription(chosen)) this.places.hold(admitted(request.raw));
    const answers = await this.graph.run(chosen, one);
    const showCost = request.headers['x-graphql-cost'] !== undefined;
    const stream = this.streams.open(request.raw, answers, (answer) => bodyOf(answer, showCost));
    return reply.headers(EVENT_STREAM_FIELDS).header('Vary', 'Accept').send(stream);
  }

  /** Of a client that sends the same Accept with whatever it asks, and rather has JSON. */
  private async isStream(request: FastifyRequest, read: () => Parameters[]): Promise<boolean> {
    if (Array.isArray(request.body)) return false;
    const [chosen] = await this.orRefusal(async () => [await this.graph.prepare(read()[0]!, true)]);
    return isChosen(chosen!) && isSubscription(chosen);
  }

  private send(request: FastifyRequest, reply: FastifyReply, answers: GraphAnswer[], type: string) {
    const status = statusOf(answers, type);
    if (status === 405) reply.header('Allow', 'POST');
    if (!answers.some(isExecuted)) this.metrics.refuse();
    const showCost = request.headers['x-graphql-cost'] !== undefined;
    const bodies = answers.map((each) => bodyOf(each, showCost));
    return reply
      .status(status)
      .type(`${type}; charset=utf-8`)
      .header('Vary', 'Accept')
      .header('Cache-Control', 'no-store')
      .send(Array.isArray(request.body) ? `[${bodies.join()}]` : bodies[0]);
  }

  private async orRefusal<Answer>(work: () => Promise<Answer[]>): Promise<(Answer | GraphAnswer)[]> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof InvalidParameters) throw new InvalidInput(error.errors);
      if (error instanceof GraphQLError) return [this.graph.refusal(error)];
      throw error;
    }
  }

  /** A browser's own client for streams can send no header of a page's making, but says by itself what it takes and whose page it is. */
  private isEventSource(request: FastifyRequest): boolean {
    const { accept, origin } = request.headers;
    return answerType(accept) === EVENT_STREAM && mayOpen(origin, admitted(request.raw).client, this.config.CORS_ORIGINS); // prettier-ignore
  }
}

/** Aborted when the client has left before it had its answer. */
function leaving({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => raw.writableFinished || controller.abort());
  return controller.signal;
}

const isExecuted = ({ data, text }: GraphAnswer) => data !== undefined || text !== undefined;

function bodyOf({ text, cost, ...answer }: GraphAnswer, showCost: boolean): string {
  const extensions = showCost && cost && { cost };
  if (text === undefined) return JSON.stringify({ ...answer, ...(extensions && { extensions }) });
  return extensions ? `${text.slice(0, -1)},"extensions":${JSON.stringify(extensions)}}` : text;
}

/** 200 as soon as something was executed: then each answer says for itself how it went. */
function statusOf(answers: readonly GraphAnswer[], type: string): number {
  const [first] = answers;
  if (!first || answers.some(isExecuted)) return 200;
  const { code = '', status = 400 } = first.errors?.[0]?.extensions ?? {};
  return type === JSON_TYPE && WELL_FORMED.includes(code) ? 200 : status;
}
