import { InvalidInput } from '@cairn/http';
import { identifyCaller, propagationHeaders } from '@cairn/observability';
import { tooLarge } from '@cairn/service/graphql-limits';
import { Inject, Injectable, NotAcceptableException, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Config } from '../config.ts';
import { admitted } from '../edge/admitted.ts';
import { PreflightRequired } from './graph.errors.ts';
import { GraphMetrics } from './graph-metrics.service.ts';
import { InvalidParameters, MAX_BATCH, parametersOf, parametersOfUrl, type Parameters } from './graph-request.ts';
import { GraphService, type GraphAnswer } from './graph.service.ts';
import { GraphiqlService } from './graphiql.service.ts';
import { answerType, JSON_TYPE, wantsPage } from './media-type.ts';
import { isDeliberate } from './preflight.ts';
import type { Asking } from './subgraph.client.ts';

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
    if (!isDeliberate(request.headers)) throw new PreflightRequired();
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
    const { userId } = admitted(request.raw);
    if (userId) identifyCaller(userId);
    const type = answerType(request.headers.accept);
    if (!type) throw new NotAcceptableException('Answers are application/graphql-response+json or application/json');
    const isBatch = Array.isArray(request.body);
    const answers = await this.answers(request, reply, read);
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
      .send(isBatch ? `[${bodies.join()}]` : bodies[0]);
  }

  private async answers(
    request: FastifyRequest,
    reply: FastifyReply,
    read: () => Parameters[],
  ): Promise<GraphAnswer[]> {
    try {
      return await this.graph.answer(
        read(),
        asking(request, reply, this.config.ROUTE_CLASSES.graph!.deadlineMs),
        request.method === 'POST',
      );
    } catch (error) {
      if (error instanceof InvalidParameters) throw new InvalidInput(error.errors);
      if (error instanceof GraphQLError) return [this.graph.refusal(error)];
      throw error;
    }
  }
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

/**
 * @param milliseconds which the services have for their answers, from now on: all of the request is here. A client has no say in it, be it
 *   by X-Request-Timeout-Ms or by a body that comes slowly: services would be found too slow that are not, and their circuit opened for all
 */
function asking(request: FastifyRequest, reply: FastifyReply, milliseconds: number): Asking {
  const { authorization } = request.headers;
  const { client } = admitted(request.raw);
  const leaving = new AbortController();
  reply.raw.once('close', () => reply.raw.writableFinished || leaving.abort());
  return {
    headers: {
      ...propagationHeaders(),
      ...(authorization && { authorization }),
      'x-forwarded-for': client.forwardedFor,
      'x-forwarded-proto': client.protocol,
      'x-forwarded-host': client.host,
    },
    signal: leaving.signal,
    milliseconds,
    deadline: performance.now() + milliseconds,
  };
}
