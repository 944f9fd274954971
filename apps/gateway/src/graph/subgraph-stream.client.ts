import { gauge } from '@cairn/observability';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ExecutionResult } from 'graphql';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { Agent, request, type Dispatcher } from 'undici';
import { connectionErrorOf } from '../proxy/connection-errors.ts';
import type { Instance } from '../proxy/instance.client.ts';
import { UpstreamFull, UpstreamTooSlow } from '../proxy/proxy.errors.ts';
import type { Upstream } from '../proxy/upstream.client.ts';
import type { Asking } from './asking.ts';
import { eventsIn } from './event-blocks.ts';
import { resultOf, unavailable, type SubgraphRequest } from './subgraph.client.ts';

/** Services say every 15 s that they are there. */
const SILENCE_MS = 45_000;
/** For how long another instance is looked for, when one is gone. */
const REOPENING_MS = 5_000;
const PAUSE_MS = 100;
/** Open at once, from all services: each is a connection. */
const MOST_STREAMS = 10_000;

type Results = AsyncIterableIterator<ExecutionResult>;

/**
 * The door of each service for subscriptions. A stream is no request: it has no deadline once it is open, and takes neither a place of the bulkhead nor a
 * connection from those who wait for an answer.
 */
@Injectable()
export class SubgraphStreams implements OnApplicationShutdown {
  private readonly upstreams: ReadonlyMap<string, Upstream>;
  private readonly agent = new Agent({ connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: SILENCE_MS });

  private streams = 0;

  constructor(@Inject('upstreams') upstreams: readonly Upstream[]) {
    gauge('gateway_graphql_subscriptions', { help: 'Subscriptions that are open', read: () => this.streams });
    this.upstreams = new Map(upstreams.map((upstream) => [upstream.name, upstream]));
  }

  /**
   * What a service tells from now on, or why it does not. An instance that goes takes nothing with it but the events of the moment until another has taken over.
   * @throws UpstreamUnavailable, UpstreamTooSlow, UpstreamFailed, CircuitOpen; GraphQLError with what the service said instead
   */
  async open(name: string, asked: SubgraphRequest, asking: Asking): Promise<Results | ExecutionResult> {
    const upstream = this.upstreams.get(name);
    if (!upstream) throw unavailable(name);
    if (this.streams >= MOST_STREAMS) throw new UpstreamFull('As many subscriptions are open as may be', { retryAfter: 1 }); // prettier-ignore
    const leaving = new AbortController();
    const signal = AbortSignal.any([asking.signal, leaving.signal]);
    const again = () => this.connect(upstream, asked, asking, signal);
    const first = await again();
    if (!isStream(first)) return refusalIn(name, first);
    const results = this.follow(name, first, again, signal);
    this.streams++;
    let isOpen = true;
    const over = () => {
      if (isOpen) this.streams--;
      isOpen = false;
    };
    const ending: Results = {
      next: async () => {
        const result = await results.next().catch((error: unknown) => {
          over();
          throw error;
        });
        if (result.done) over();
        return result;
      },
      // A generator that waits for an event would wait on.
      return: async () => {
        over();
        leaving.abort();
        await results.return();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => ending,
    };
    return ending;
  }

  async onApplicationShutdown() {
    await this.agent.destroy();
  }

  private async *follow(
    name: string,
    first: Dispatcher.ResponseData,
    again: () => Promise<Dispatcher.ResponseData>,
    signal: AbortSignal,
  ): AsyncGenerator<ExecutionResult, void, undefined> {
    for (let answer = first; ; answer = await this.reopened(again, signal)) {
      if (!isStream(answer)) return yield refusalIn(name, answer);
      try {
        for await (const { event, data } of eventsIn(answer.body)) {
          if (event === 'complete') return;
          if (event === 'next') yield JSON.parse(data) as ExecutionResult;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof SyntaxError || error instanceof RangeError) throw error;
      }
      if (signal.aborted) return;
    }
  }

  private async reopened(again: () => Promise<Dispatcher.ResponseData>, signal: AbortSignal) {
    for (const end = performance.now() + REOPENING_MS; ;) {
      // Not all who were cut off at the same moment at once.
      await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
      try {
        return await again();
      } catch (error) {
        if (signal.aborted || performance.now() > end) throw error;
      }
    }
  }

  /** To one instance after the other until one answers. */
  private async connect(upstream: Upstream, asked: SubgraphRequest, asking: Asking, signal: AbortSignal) {
    const refusal = upstream.enter();
    if (refusal) throw refusal;
    let outcome: 'answered' | 'failed' | 'unknown' = 'unknown';
    try {
      const tried = new Set<Instance>();
      for (;;) {
        const instance = upstream.pick(tried);
        try {
          const answer = await this.send(upstream, instance, asked, asking, signal);
          instance.succeeded();
          outcome = answer.statusCode >= 500 && answer.statusCode !== 503 ? 'failed' : 'answered';
          return answer;
        } catch (error) {
          if (signal.aborted || error instanceof UpstreamTooSlow) throw error;
          instance.failed();
          tried.add(instance);
          if (connectionErrorOf(error) === 'other') throw error;
          if (tried.size === upstream.instances.length) throw Object.assign(unavailable(upstream.name), { cause: error }); // prettier-ignore
        }
      }
    } catch (error) {
      if (!signal.aborted) outcome = 'failed';
      throw error;
    } finally {
      upstream.settle(outcome);
      upstream.leave();
    }
  }

  /** Until the head of the answer it has the time of a request. */
  private async send(
    upstream: Upstream,
    { origin }: Instance,
    asked: SubgraphRequest,
    asking: Asking,
    signal: AbortSignal,
  ) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new UpstreamTooSlow(upstream.name, asking.milliseconds)), asking.milliseconds); // prettier-ignore
    try {
      return await request(`${origin}/graphql/stream`, {
        dispatcher: this.agent,
        method: 'POST',
        headers: { ...asking.headers, 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify(asked),
        signal: AbortSignal.any([signal, late.signal]),
      });
    } finally {
      clearTimeout(timer);
    }
  }
}

const isStream = ({ headers }: Dispatcher.ResponseData) =>
  headers['content-type']?.toString().startsWith('text/event-stream');

/** @throws UpstreamFailed, GraphQLError */
async function refusalIn(name: string, { statusCode, body }: Dispatcher.ResponseData): Promise<ExecutionResult> {
  const { data, errors } = resultOf(name, { status: statusCode, text: await text(body) });
  return { data: data ?? null, ...(errors && { errors }) };
}
