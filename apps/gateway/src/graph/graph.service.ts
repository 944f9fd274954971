import { logProblem, toProblem } from '@cairn/http';
import { tooLarge } from '@cairn/service/graphql-limits';
import { mapped } from '@cairn/service/stream';
import { boundedQueue } from '@cairn/resilience';
import { getStitchedSchemaFromSupergraphSdl } from '@graphql-tools/federation';
import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  createSourceEventStream,
  execute,
  getVariableValues,
  GraphQLError,
  OperationTypeNode,
  parse,
  print,
  type ExecutionResult,
  type DocumentNode,
} from 'graphql';
import { readFileSync } from 'node:fs';
import type { Config } from '../config.ts';
import { askingAnew, type Asking } from './asking.ts';
import { countObjects } from './count-objects.ts';
import { Documents, type Executable, type Operation } from './documents.ts';
import { formatError, type FormattedError } from './error-format.ts';
import { SUPERGRAPH_FILE } from './files.ts';
import { GraphMetrics } from './graph-metrics.service.ts';
import type { Parameters } from './graph-request.ts';
import { PersistedQueries } from './persisted-queries.service.ts';
import { SubgraphStreams } from './subgraph-stream.client.ts';
import { SubgraphClient, type PlainAnswer } from './subgraph.client.ts';
import { factsOf } from './supergraph.ts';

export interface GraphAnswer {
  /** The whole answer as the one service wrote it, instead of data and errors. */
  readonly text?: string;
  /** Without text there is none when nothing was executed. */
  readonly data?: unknown;
  readonly errors?: readonly FormattedError[];
  readonly cost?: { readonly declared: number; readonly objects: number };
}

/** An operation that may be executed. */
export interface Chosen {
  readonly prepared: Executable;
  readonly operation: Operation;
  readonly query: string;
  /** Variables as they were given, and as the operation takes them. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The graph of all services. What one service can answer alone goes to it as it came; else the stitched schema asks each for its part,
 * what is wanted of one at the same moment in one request.
 */
@Injectable()
export class GraphService {
  private readonly logger = new Logger('Graph');
  /** One event may concern thousands of subscribers: their answers are worked out a few at a time, beside the requests of everybody else. */
  private readonly forEvents = boundedQueue({ concurrency: 16, queue: 50_000 });
  private loaded: ReturnType<GraphService['build']> | undefined;

  constructor(
    @Inject('config') private readonly config: Config,
    private readonly subgraphs: SubgraphClient,
    private readonly streams: SubgraphStreams,
    private readonly persisted: PersistedQueries,
    private readonly metrics: GraphMetrics,
  ) {}

  /** Reads the supergraph: the first time takes some 100 ms. @throws Error when there is none */
  load() {
    return (this.loaded ??= this.build());
  }

  refusal(error: GraphQLError): GraphAnswer {
    return { errors: this.format(error) };
  }

  /** What ends a stream before its time. */
  failure(error: unknown): GraphAnswer {
    return { data: null, errors: this.format(this.coded(error)) };
  }

  /** Answers one request, or those of a batch, which share what they ask of the services. */
  async answer(requests: readonly Parameters[], asking: Asking, mayChange: boolean): Promise<GraphAnswer[]> {
    const chosen = (await Promise.all(requests.map((parameters) => this.choose(parameters, mayChange)))).map((each) =>
      isChosen(each) && isSubscription(each) ? this.refusal(new GraphQLError(STREAMS_ONLY)) : each,
    );
    const costs = chosen.map((each) => (isChosen(each) ? each.operation.cost(each.variables) : 0));
    const total = costs.reduce((sum, cost) => sum + cost, 0);
    const limit = this.config.GRAPHQL_MAX_COST;
    if (total > limit) {
      const refusal = this.refusal(tooLarge(`Cost: at most ${limit} is allowed, this is ${total}`));
      return chosen.map((each) => (isChosen(each) ? refusal : each));
    }
    const shared = { ...asking }; // the key under which stitching gathers what it asks
    return Promise.all(
      chosen.map(async (each, index) =>
        isChosen(each) ? this.measured(await this.execute(each, shared), costs[index]!, each) : each,
      ),
    );
  }

  /** The same for a door through which several answers can come. */
  async prepare(parameters: Parameters, mayChange: boolean): Promise<Chosen | GraphAnswer> {
    const chosen = await this.choose(parameters, mayChange);
    if (!isChosen(chosen)) return chosen;
    const { cost, limit } = { cost: chosen.operation.cost(chosen.variables), limit: this.config.GRAPHQL_MAX_COST };
    return cost > limit ? this.refusal(tooLarge(`Cost: at most ${limit} is allowed, this is ${cost}`)) : chosen;
  }

  /** Of a subscription an answer to each event, each with the time and at the cost of a query; nothing is executed before it is taken. */
  async run(chosen: Chosen, asking: Asking): Promise<GraphAnswer | AsyncIterableIterator<GraphAnswer>> {
    const { prepared, operation, given, variables } = chosen;
    const cost = operation.cost(variables);
    if (!isSubscription(chosen)) return this.measured(await this.execute(chosen, askingAnew(asking)), cost, chosen);
    const operationName = operation.node.name?.value;
    const args = { schema: this.load().schema, document: prepared.document, variableValues: given, operationName };
    const events = await createSourceEventStream({ ...args, contextValue: asking });
    if ('errors' in events) return { errors: this.formatAll(events.errors ?? []) };
    const answers = mapped(events as AsyncIterableIterator<unknown>, async (rootValue) =>
      this.forEvents(async () =>
        this.measured(await execute({ ...args, rootValue, contextValue: askingAnew(asking) }), cost, chosen),
      ),
    );
    return this.sayingWhy(answers);
  }

  /** A stream that fails ends with an answer that says so. */
  private sayingWhy(answers: AsyncIterableIterator<GraphAnswer>): AsyncIterableIterator<GraphAnswer> {
    let hasFailed = false;
    const telling: AsyncIterableIterator<GraphAnswer> = {
      next: async () => {
        if (hasFailed) return { done: true, value: undefined };
        return answers.next().catch((error: unknown) => {
          hasFailed = true;
          return { done: false, value: this.failure(error) };
        });
      },
      return: () => answers.return!(),
      [Symbol.asyncIterator]: () => telling,
    };
    return telling;
  }

  /** What a request wants executed, or why that may not be. */
  private async choose(parameters: Parameters, mayChange: boolean): Promise<Chosen | GraphAnswer> {
    const { schema, documents } = this.load();
    const refuse = (message: string, extensions = {}) => this.refusal(new GraphQLError(message, { extensions }));
    let query: string;
    try {
      query = await this.persisted.textOf(parameters);
    } catch (error) {
      return this.refusal(new GraphQLError((error as Error).message, { originalError: error as Error }));
    }
    const prepared = documents.prepare(query);
    if (prepared.errors) return { errors: prepared.errors.flatMap((error) => this.format(error)) };
    this.persisted.remember(parameters);
    const { operationName } = parameters;
    const [operation, another] = prepared.operations.filter(({ node }) => !operationName || node.name?.value === operationName); // prettier-ignore
    if (!operation) return refuse(`There is no operation "${operationName}"`);
    if (another) return refuse('There are several operations: say by operationName which to execute');
    const type = operation.node.operation;
    if (type === OperationTypeNode.MUTATION && !mayChange)
      return refuse('A change is sent by POST', { code: 'http.method-not-allowed', status: 405 });
    const given = parameters.variables ?? {};
    const { errors, coerced } = getVariableValues(schema, operation.node.variableDefinitions ?? [], given, { maxErrors: 10 }); // prettier-ignore
    if (errors) return { errors: errors.flatMap((error) => this.format(error)) };
    return { prepared, operation, query, given, variables: coerced };
  }

  private async execute(
    { prepared, operation, query, given }: Chosen,
    asking: Asking,
  ): Promise<ExecutionResult | PlainAnswer> {
    const operationName = operation.node.name?.value;
    if (!operation.service || prepared.operations.length > 1)
      return execute({
        schema: this.load().schema,
        document: prepared.document,
        variableValues: given,
        operationName,
        contextValue: asking,
      });
    const isChange = operation.node.operation === OperationTypeNode.MUTATION;
    try {
      const answer = await this.subgraphs.askForText(operation.service, { query, variables: given, operationName }, asking, isChange); // prettier-ignore
      return 'text' in answer ? answer : revived(answer);
    } catch (error) {
      return unanswered(operation, this.coded(error));
    }
  }

  private measured(result: ExecutionResult | PlainAnswer, declared: number, { operation }: Chosen): GraphAnswer {
    if ('text' in result) {
      const { text, objects } = result;
      this.count(operation, { declared, objects, errors: 0 });
      return { text, cost: { declared, objects } };
    }
    const { data, errors } = result;
    if (data === undefined) return { errors: this.formatAll(errors ?? []) };
    const objects = countObjects(data);
    this.count(operation, { declared, objects, errors: errors?.length ?? 0 });
    return {
      data,
      ...(errors?.length && { errors: this.formatAll(errors) }),
      cost: { declared, objects },
    };
  }

  private count({ node, service }: Operation, counts: { declared: number; objects: number; errors: number }) {
    this.metrics.add(counts);
    this.logger.debug({ operation: node.name?.value, service, ...counts });
  }

  private formatAll(errors: readonly GraphQLError[]) {
    const reported = new Set<unknown>(); // a failure that several fields share is one
    return errors.flatMap((error) => this.format(error, reported));
  }

  /** A failure to reach a service, logged once, in the form in which it survives stitching: that looks for causes, and shows them. */
  private coded(error: unknown): GraphQLError {
    if (error instanceof GraphQLError) return error;
    const { title, detail, code, status } = toProblem(error);
    logProblem(error);
    return new GraphQLError(detail ?? title, { extensions: { code, status } });
  }

  private format(error: GraphQLError, reported = new Set<unknown>()): FormattedError[] {
    return formatError(error, toProblem, (cause) => {
      if (!reported.has(cause)) logProblem(cause);
      reported.add(cause);
    });
  }

  private build() {
    const supergraph = parse(readFileSync(this.config.GRAPHQL_SUPERGRAPH ?? SUPERGRAPH_FILE, 'utf8'));
    const facts = factsOf(supergraph);
    const schema = getStitchedSchemaFromSupergraphSdl({
      supergraphSdl: supergraph,
      batch: true,
      onSubschemaConfig: (subschema) => {
        const name = facts.services.get(subschema.name) ?? subschema.name.toLowerCase();
        const executor = async ({ document, variables, operationType, context }: ExecutionRequest) => {
          const request = { query: print(document), variables };
          try {
            if (operationType === 'subscription') return await this.streams.open(name, request, context);
            return await this.subgraphs.ask(name, request, context, operationType === 'mutation');
          } catch (error) {
            return { data: null, errors: [this.coded(error)] }; // stitching passes a promise that fails over in silence
          }
        };
        subschema.executor = executor as unknown as typeof subschema.executor;
      },
    });
    return { schema, documents: new Documents(schema, facts, { introspection: this.config.GRAPHQL_INTROSPECTION }) };
  }
}

/** What stitching wants asked of a service. */
interface ExecutionRequest {
  readonly document: DocumentNode;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationType: string;
  readonly context: Asking;
}

const STREAMS_ONLY =
  'A subscription is a stream: send Accept: text/event-stream, or use a WebSocket with the protocol graphql-transport-ws';

export const isSubscription = ({ operation }: Chosen) => operation.node.operation === OperationTypeNode.SUBSCRIPTION;

export const isChosen = (each: Chosen | GraphAnswer): each is Chosen => 'operation' in each;

/** What a service said, its errors as such. Without a path they are about the request: nothing was executed then. */
function revived({ data, errors }: ExecutionResult): ExecutionResult {
  if (!errors?.length) return { data };
  const revivedErrors = errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions }));
  return data === null && !errors.some(({ path }) => path)
    ? { errors: revivedErrors }
    : { data, errors: revivedErrors };
}

/** The same at every field that was asked of a service. */
function unanswered({ roots }: Operation, { message, extensions }: GraphQLError): ExecutionResult {
  const errors = roots.map(({ key }) => new GraphQLError(message, { path: [key], extensions }));
  const isWhole = roots.some(({ isNonNull }) => isNonNull);
  return { data: isWhole ? null : Object.fromEntries(roots.map(({ key }) => [key, null])), errors };
}
