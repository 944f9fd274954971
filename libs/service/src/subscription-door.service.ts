import { validate } from '@cairn/http';
import { requestContext, withoutDeadline } from '@cairn/observability';
import {
  Inject,
  Injectable,
  NotAcceptableException,
  Optional,
  ServiceUnavailableException,
  UnauthorizedException,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate as validateDocument,
  type DocumentNode,
  type ExecutionArgs,
} from 'graphql';
import { z } from 'zod';
import { BAD_REQUEST, formatErrors } from './graphql-error-format.ts';
import { limitItems, limits, MAX_ERRORS, MAX_TOKENS, unconditionalSubscription } from './graphql-limits.ts';
import { EVENT_STREAM, EVENT_STREAM_FIELDS, EventStream, mapped, STREAM_ADMISSION, whileAdmitted, type StreamAdmission } from './stream.ts'; // prettier-ignore

/** The gateway asks here; it does not route it. */
export const STREAM_PATH = '/graphql/stream';

const PATIENCE_MS = 60_000;

const ParametersSchema = z.object({
  query: z.string().min(1),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

type Events = AsyncIterableIterator<unknown>;

/**
 * The door of a subgraph for subscriptions, by Server-Sent Events: the same guards, limits and errors as for queries. A stream ends when its reader leaves, when its
 * token is good no more, and when the service stops.
 */
@Injectable()
export class SubscriptionDoor implements OnModuleInit, OnModuleDestroy {
  private readonly streams = new Set<EventStream>();
  private stopping = false;

  constructor(
    private readonly schemas: GraphQLSchemaHost,
    private readonly host: HttpAdapterHost,
    @Optional() @Inject(STREAM_ADMISSION) private readonly isAdmitted: StreamAdmission = async () => true,
  ) {}

  onModuleInit() {
    const root = this.host.httpAdapter.getInstance<FastifyInstance>();
    root.post(STREAM_PATH, (request, reply) => withoutDeadline(() => this.answer(request, reply)));
  }

  /** Before the server waits for what is in flight. They are not complete: whoever reads them comes back, to another instance. */
  onModuleDestroy() {
    this.stopping = true;
    for (const stream of this.streams) stream.interrupt();
  }

  private async answer(request: FastifyRequest, reply: FastifyReply) {
    if (this.stopping) throw new ServiceUnavailableException('This instance stops');
    if (!request.headers.accept?.includes(EVENT_STREAM)) throw new NotAcceptableException(`Send Accept: ${EVENT_STREAM}`); // prettier-ignore
    const { query, variables, operationName } = validate(ParametersSchema, request.body);
    const schema = this.schemas.schema;
    const document = this.documentOf(query, variables, operationName);
    if (Array.isArray(document)) return reply.send({ errors: formatErrors(document) });
    const args = { schema, document, variableValues: variables ?? {}, operationName: operationName ?? null };
    const left = new Promise<'left'>((resolve) => reply.raw.once('close', () => resolve('left')));
    const opening = createSourceEventStream({ ...args, contextValue: { reply } });
    const events = (await Promise.race([opening, left])) as Events | { errors: readonly GraphQLError[] } | 'left';
    if (events === 'left') return opening.then((late) => (late as Events).return?.()); // before it had begun
    if ('errors' in events) return reply.send({ errors: formatErrors(events.errors) });
    return this.stream(request, reply, events, args);
  }

  private stream(request: FastifyRequest, reply: FastifyReply, events: Events, args: ExecutionArgs) {
    const context = requestContext.getStore()!; // an event comes from outside of the request
    const refusal = () => new UnauthorizedException('The access token has run out, or its session has ended');
    const results = mapped(
      whileAdmitted(events, () => this.isAdmitted(request.raw), refusal),
      (event) => requestContext.run(context, () => this.resultOf(event, args, reply)),
    );
    const stream = new EventStream(results, {
      patienceMs: PATIENCE_MS,
      resultOf: (error) => JSON.stringify({ data: null, errors: formatErrors([new GraphQLError('', { originalError: error as Error })]) }), // prettier-ignore
    });
    this.streams.add(stream);
    stream.out.once('close', () => this.streams.delete(stream));
    if (this.stopping) stream.interrupt();
    return reply.headers(EVENT_STREAM_FIELDS).send(stream.out);
  }

  /** Each event has a context of its own: what was loaded for one is not shown with the next. */
  private async resultOf(event: unknown, args: ExecutionArgs, reply: FastifyReply): Promise<string> {
    const { data, errors } = await execute({ ...args, rootValue: event, contextValue: { reply } });
    return JSON.stringify({ data: data ?? null, ...(errors?.length && { errors: formatErrors(errors) }) });
  }

  private documentOf(
    query: string,
    variables: object | null | undefined,
    operationName: string | null | undefined,
  ): DocumentNode | GraphQLError[] {
    const { schema } = this.schemas;
    try {
      const document = parse(query, { maxTokens: MAX_TOKENS });
      for (const rules of [[unconditionalSubscription], [...specifiedRules, limits]]) {
        const errors = validateDocument(schema, document, rules, { maxErrors: MAX_ERRORS });
        if (errors.length) return [...errors];
      }
      if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.SUBSCRIPTION)
        throw new GraphQLError('Only a subscription is answered by a stream', { extensions: BAD_REQUEST });
      limitItems(schema, document, variables ?? undefined);
      return document;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return [error];
    }
  }
}
