import { Logger } from '@nestjs/common';
import { circuitBreaker, CircuitState, handleWhenResult, SamplingBreaker } from 'cockatiel';
import type { UpstreamConfig } from '../config.ts';
import { Call, type CallOptions, type Outcome, type Outgoing, type Receiver } from './call.ts';
import { Instance } from './instance.client.ts';
import { CircuitOpen, UpstreamFull } from './proxy.errors.ts';
import { RetryBudget } from './retry-budget.ts';

/** The circuit opens when two fifths of at least five requests within five seconds failed: surely, when every other one does. */
const SAMPLE = { threshold: 0.4, duration: 5_000, minimumRps: 1 };
const HALF_OPEN_AFTER_MS = 2_000;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/**
 * A service behind the gateway. What keeps its trouble from becoming that of others, from the outside in: a bulkhead (so many
 * requests at once), a circuit breaker (none while it fails), a deadline, and a few retries over its instances.
 */
export class Upstream {
  readonly instances: readonly Instance[];
  pending = 0;
  retries = 0;
  private readonly budget = new RetryBudget();
  private readonly breaker = circuitBreaker(
    handleWhenResult((outcome) => outcome === 'failed'),
    { breaker: new SamplingBreaker(SAMPLE), halfOpenAfter: HALF_OPEN_AFTER_MS },
  );
  private next = 0;

  constructor(
    readonly name: string,
    readonly config: UpstreamConfig,
    answerIdleMs = 60_000,
  ) {
    this.instances = config.origins.map((origin) => new Instance(origin, answerIdleMs));
    const logger = new Logger('Upstream');
    this.breaker.onStateChange((state) => logger.warn(`The circuit to ${name} is ${CircuitState[state]}`));
  }

  get circuit(): string {
    return CircuitState[this.breaker.state];
  }

  /** One request is under way whose answer decides whether the circuit closes. */
  get isProbing(): boolean {
    return this.breaker.state === CircuitState.HalfOpen;
  }

  /** Sends a request; `receiver` hears of the answer piece by piece, or once why there is none. */
  send(outgoing: Outgoing, receiver: Receiver, options: CallOptions): Call {
    const call = new Call(this, outgoing, receiver, options);
    if (this.pending >= this.config.concurrency) {
      call.refuse(new UpstreamFull(`${this.name} is working on ${this.pending} requests`, { retryAfter: 1 }));
      return call;
    }
    // A second request while one probes would wait for what becomes of that one.
    if (this.isProbing) {
      call.refuse(this.openCircuit());
      return call;
    }
    this.budget.deposit();
    const outcome = this.breaker.execute((): Promise<Outcome> => call.start());
    outcome.catch(() => call.refuse(this.openCircuit())); // what has been started is past refusing: the circuit is open
    return call;
  }

  /** For the gateway's own requests. @throws the errors of proxy.errors.ts */
  ask(
    outgoing: Omit<Outgoing, 'body' | 'headers'> & { body?: string; headers: Record<string, string> },
    { signal, ...options }: CallOptions & { signal?: AbortSignal },
  ): Promise<Answer> {
    const { body = null, headers, ...rest } = outgoing;
    return new Promise<Answer>((resolve, reject) => {
      let status = 0;
      let fields: Record<string, string | string[] | undefined> = {};
      const pieces: Buffer[] = [];
      const call = this.send(
        { ...rest, headers: Object.entries(headers).flat(), body: body === null ? null : () => body },
        {
          onHead: (code, _raw, parsed) => {
            status = code;
            fields = parsed;
          },
          onData: (piece) => void pieces.push(piece),
          onEnd: () => resolve({ status, headers: fields, text: Buffer.concat(pieces).toString() }),
          onFailure: reject,
        },
        options,
      );
      signal?.addEventListener('abort', () => call.cancel(), { once: true });
    });
  }

  /** The one that has least to do of those that are well; when none is, of all: a wrong health check must not take everything away. */
  pick(except: ReadonlySet<Instance>): Instance {
    this.next++;
    return this.leastPending((one) => one.isAvailable && !except.has(one)) ?? this.leastPending((one) => !except.has(one)) ?? this.leastPending(() => true)!; // prettier-ignore
  }

  private leastPending(isEligible: (instance: Instance) => boolean): Instance | undefined {
    let best: Instance | undefined;
    const { length } = this.instances;
    for (let offset = 0; offset < length; offset++) {
      const instance = this.instances[(this.next + offset) % length]!; // in turn, where they have equally much to do
      if (isEligible(instance) && (!best || instance.pending < best.pending)) best = instance;
    }
    return best;
  }

  /** Whether one more attempt may be made. */
  mayRetry(): boolean {
    if (!this.budget.withdraw()) return false;
    this.retries++;
    return true;
  }

  private openCircuit() {
    return new CircuitOpen(`${this.name} has been failing`, { retryAfter: HALF_OPEN_AFTER_MS / 1_000 });
  }

  async close(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.close()));
  }
}
