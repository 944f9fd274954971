import { toProblem } from '@cairn/http';
import { Inject, Injectable } from '@nestjs/common';
import { GraphQLError, type ExecutionResult } from 'graphql';
import { OutcomeUnknown, UpstreamFailed, UpstreamTooSlow, UpstreamUnavailable } from '../proxy/proxy.errors.ts';
import type { Upstream } from '../proxy/upstream.client.ts';
import type { Asking } from './asking.ts';
import { countObjectsIn } from './count-objects.ts';

export interface SubgraphRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

/** JSON of nothing but data, and how many objects are in these. */
export interface PlainAnswer {
  readonly text: string;
  readonly objects: number;
}

/** The GraphQL door of each service. */
@Injectable()
export class SubgraphClient {
  private readonly upstreams: ReadonlyMap<string, Upstream>;

  constructor(@Inject('upstreams') upstreams: readonly Upstream[]) {
    this.upstreams = new Map(upstreams.map((upstream) => [upstream.name, upstream]));
  }

  /**
   * @param isChange is not sent again when the connection is lost before the answer
   * @throws UpstreamUnavailable, OutcomeUnknown, UpstreamTooSlow, UpstreamFailed; GraphQLError with what the service said instead of answering
   */
  async ask(name: string, request: SubgraphRequest, asking: Asking, isChange: boolean): Promise<ExecutionResult> {
    return resultOf(name, await this.answerOf(name, request, asking, isChange));
  }

  /** As `ask`, but data without errors stay the text that they are: to read and to write them anew takes time. */
  async askForText(
    name: string,
    request: SubgraphRequest,
    asking: Asking,
    isChange: boolean,
  ): Promise<ExecutionResult | PlainAnswer> {
    const answer = await this.answerOf(name, request, asking, isChange);
    return plain(answer) ?? resultOf(name, answer);
  }

  private async answerOf(name: string, request: SubgraphRequest, asking: Asking, isChange: boolean) {
    const upstream = this.upstreams.get(name);
    if (!upstream) throw unavailable(name);
    const body = JSON.stringify(request);
    try {
      return await this.send(upstream, body, asking);
    } catch (error) {
      if (isChange || !(error instanceof OutcomeUnknown)) throw error;
    }
    // A service that restarts closes connections as requests cross it. A query may be repeated, whatever its method.
    try {
      return await this.send(upstream, body, asking);
    } catch (error) {
      throw error instanceof OutcomeUnknown ? Object.assign(unavailable(name), { cause: error }) : error;
    }
  }

  private async send(upstream: Upstream, body: string, { headers, signal, milliseconds, deadline }: Asking) {
    const deadlineMs = Math.ceil(deadline - performance.now()); // the service is told
    if (deadlineMs <= 0) throw new UpstreamTooSlow(upstream.name, milliseconds);
    const sent = { ...headers, 'content-type': 'application/json', accept: 'application/json' };
    return upstream.ask({ method: 'POST', path: '/graphql', headers: sent, body }, { deadlineMs, signal });
  }
}

export const unavailable = (name: string) => new UpstreamUnavailable(`${name} is unavailable`, { retryAfter: 1 });

/** Data, and nothing besides that would have to be formatted or left out. The words may also stand in the data: then it is read. */
function plain({ status, text }: { status: number; text: string }): PlainAnswer | undefined {
  if (status !== 200 || !text.startsWith('{"data":{') || text.includes('"errors"') || text.includes('"extensions"')) return undefined; // prettier-ignore
  const objects = countObjectsIn(text);
  return objects === undefined ? undefined : { text, objects };
}

export function resultOf(name: string, { status, text }: { status: number; text: string }): ExecutionResult {
  const said = parsed(text) as ExecutionResult & { code?: unknown; title?: string; detail?: string };
  if (said?.data !== undefined || Array.isArray(said?.errors)) return said;
  if (status < 400 || typeof said?.code !== 'string') throw new UpstreamFailed(name);
  const { code, title, detail } = said; // a problem of the HTTP door
  throw new GraphQLError(detail ?? title ?? toProblem({ statusCode: status }).title, { extensions: { code, status } });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
