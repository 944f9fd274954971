import { DEADLINE_HEADER } from '@cairn/observability';
import { errors, type Dispatcher } from 'undici';
import { connectionErrorOf } from './connection-errors.ts';
import type { Outcome } from './circuit-breaker.ts';
import type { Instance } from './instance.client.ts';
import {
  BodyTooSlow,
  ClientLeft,
  OutcomeUnknown,
  UpstreamFailed,
  UpstreamTooSlow,
  UpstreamUnavailable,
} from './proxy.errors.ts';
import type { Upstream } from './upstream.client.ts';

/** They change nothing, so that they may be sent again (RFC 9110, section 9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const MOST_ATTEMPTS = 3;
/** Full jitter up to here before an attempt at the same instance. */
const PAUSE_MS = 50;
/** 503 is none: it is how a service says by itself that it has too much to do, or what it lacks. */
const FAILURES = new Set([500, 502, 504]);

export interface Outgoing {
  readonly method: string;
  /** The raw request target: it is sent as it came. */
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** Made when the first piece is needed; null for a request without one. */
  readonly body: (() => AsyncIterable<Buffer> | string) | null;
}

export interface Receiver {
  /** The head of an answer, also of an interim one (1xx). */
  onHead(status: number, raw: readonly Buffer[], parsed: Readonly<Record<string, string | string[] | undefined>>): void;
  onData(piece: Buffer, flow: Flow): void;
  onEnd(rawTrailers: readonly Buffer[]): void;
  /** Once: instead of a head, or after it when the answer broke off. */
  onFailure(error: unknown): void;
}

/** How whoever receives an answer slows it down. */
export type Flow = Pick<Dispatcher.DispatchController, 'pause' | 'resume'>;

export interface CallOptions {
  /** Until the head of the answer. The service is told what is left. */
  readonly deadlineMs: number;
  /** Whether what may have arrived, and changes nothing, is sent again when its answer does not come. Default true. */
  readonly retries?: boolean;
}

/** One request to a service and its answer, over one or several attempts. */
export class Call implements Dispatcher.DispatchHandler {
  attempts = 0;
  instance: Instance | undefined;
  /** When the head of the answer came (performance.now). */
  headAt: number | undefined;
  private readonly since = performance.now();
  private readonly tried = new Set<Instance>();
  private controller: Dispatcher.DispatchController | undefined;
  private timer: NodeJS.Timeout | undefined;
  private begun = false;
  private bodySent = false;
  private ended = false;

  constructor(
    private readonly upstream: Upstream,
    private readonly outgoing: Outgoing,
    private readonly receiver: Receiver,
    private readonly options: CallOptions,
  ) {}

  /** To be called once `Upstream.enter` has let it in. */
  start(): void {
    this.timer = setTimeout(() => this.onDeadline(), this.options.deadlineMs);
    this.attempt();
  }

  /** Instead of `start`. */
  refuse(error: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.receiver.onFailure(error);
  }

  /** The client has left: nobody wants the answer, and nobody knows what it would have been. */
  cancel(): void {
    if (this.timer) this.end(new ClientLeft(), 'unknown');
    this.ended = true;
  }

  private onDeadline(): void {
    const { name } = this.upstream;
    if (!this.bodySent) return this.end(new BodyTooSlow(), 'unknown'); // the service has been waiting, too
    this.instance?.failed();
    this.end(new UpstreamTooSlow(name, this.options.deadlineMs), this.failure());
  }

  private attempt(): void {
    this.attempts++;
    this.controller = undefined;
    const instance = (this.instance = this.upstream.pick(this.tried));
    instance.pending++;
    const { method, path, headers, body } = this.outgoing;
    this.bodySent = body === null;
    const left = Math.max(1, Math.round(this.options.deadlineMs - (performance.now() - this.since)));
    try {
      instance.dispatch(
        {
          method: method as Dispatcher.HttpMethod,
          path,
          headers: [...headers, DEADLINE_HEADER, String(left)],
          body: (body ? this.tracked(body()) : null) as Dispatcher.DispatchOptions['body'],
        },
        this,
      );
    } catch (error) {
      this.onResponseError(undefined, error as Error); // what undici refuses to send
    }
  }

  /** Notes when all of it has gone: until then it is not the service that is slow. */
  private tracked(body: AsyncIterable<Buffer> | string): AsyncIterable<Buffer> | string {
    if (typeof body === 'string') {
      this.bodySent = true;
      return body;
    }
    const noteEnd = () => void (this.bodySent = true);
    return (async function* () {
      yield* body;
      noteEnd();
    })();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.ended) controller.abort(new ClientLeft());
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    parsed: Record<string, string | string[] | undefined>,
  ): void {
    if (this.ended) return;
    if (status >= 200) {
      this.begun = true;
      this.headAt = performance.now();
      clearTimeout(this.timer);
      this.instance!.succeeded();
      this.upstream.settle(FAILURES.has(status) ? 'failed' : 'answered');
    }
    this.receiver.onHead(status, controller.rawHeaders as Buffer[], parsed);
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (!this.ended) this.receiver.onData(piece, controller);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (this.ended) return;
    this.release();
    this.receiver.onEnd((controller.rawTrailers ?? []) as Buffer[]);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.ended) return;
    if (this.begun) return this.end(error, 'unknown');
    const how = connectionErrorOf(error);
    if (how !== 'other') this.instance!.failed();
    if (this.isWorthAnother(how) && this.upstream.mayRetry()) return this.again();
    const isOfService = how !== 'other' || error instanceof errors.HTTPParserError;
    this.end(this.worded(error, how), isOfService ? this.failure() : 'unknown');
  }

  /** One bad instance is the business of choosing another, not of the circuit. */
  private failure(): Outcome {
    return this.instance && this.upstream.hasAnother(this.instance) ? 'unknown' : 'failed';
  }

  /** What was not sent may go elsewhere; what changes nothing may be asked twice. */
  private isWorthAnother(how: ReturnType<typeof connectionErrorOf>): boolean {
    const isSafe = SAFE.has(this.outgoing.method);
    if (how === 'not-sent')
      return this.attempts < Math.min(this.upstream.instances.length + (isSafe ? 1 : 0), MOST_ATTEMPTS);
    // Once: a service closes what has been idle, and as it restarts everything, which the request may have crossed.
    return how === 'cut' && this.attempts === 1 && this.isRepeatable && this.outgoing.body === null;
  }

  private get isRepeatable(): boolean {
    return SAFE.has(this.outgoing.method) && this.options.retries !== false;
  }

  private again(): void {
    const instance = this.instance!;
    instance.pending--;
    this.tried.add(instance);
    this.instance = undefined;
    if (this.tried.size < this.upstream.instances.length) return this.attempt();
    this.tried.clear();
    setTimeout(() => {
      if (!this.ended) this.attempt();
    }, Math.random() * PAUSE_MS);
  }

  private worded(error: Error, how: ReturnType<typeof connectionErrorOf>): unknown {
    const { name } = this.upstream;
    if (error instanceof errors.HTTPParserError) return new UpstreamFailed(name);
    if (how === 'other') return error; // of the body that was to be sent
    return Object.assign(
      this.isRepeatable || how === 'not-sent'
        ? new UpstreamUnavailable(`${name} is unavailable`, { retryAfter: 1 })
        : new OutcomeUnknown(),
      { cause: error },
    );
  }

  /** Ends it without, or in the middle of, an answer. */
  private end(error: unknown, outcome: Outcome): void {
    if (this.ended) return;
    this.release();
    if (!this.begun) this.upstream.settle(outcome); // else the head has told
    this.controller?.abort(error as Error);
    this.receiver.onFailure(error);
  }

  private release(): void {
    this.ended = true;
    clearTimeout(this.timer);
    this.upstream.leave();
    if (this.instance) this.instance.pending--;
  }
}
