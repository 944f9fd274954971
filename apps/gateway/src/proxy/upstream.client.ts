import { Logger } from '@nestjs/common';
import type { UpstreamConfig } from '../config.ts';
import { Call, type CallOptions, type Outgoing, type Receiver } from './call.ts';
import { CircuitBreaker, HALF_OPEN_AFTER_MS, type CircuitState, type Outcome } from './circuit-breaker.ts';
import { Instance } from './instance.client.ts';
import { CircuitOpen, ClientLeft, UpstreamFull } from './proxy.errors.ts';
import { RetryBudget } from './retry-budget.ts';

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
  private readonly breaker: CircuitBreaker;
  private next = 0;

  constructor(
    readonly name: string,
    readonly config: UpstreamConfig,
    answerIdleMs = 60_000,
  ) {
    this.instances = config.origins.map((origin) => new Instance(origin, config.concurrency, answerIdleMs));
    const logger = new Logger('Upstream');
    this.breaker = new CircuitBreaker((state) => logger.warn(`The circuit to ${name} is ${state}`));
  }

  get circuit(): CircuitState {
    return this.breaker.state;
  }

  /** Whether one more request finds a place here, and a service that is not known to fail. Whoever gets no error has to `leave`. */
  enter(): Error | undefined {
    if (this.pending >= this.config.concurrency)
      return new UpstreamFull(`${this.name} is working on ${this.pending} requests`, { retryAfter: 1 });
    if (!this.breaker.tryAcquire())
      return new CircuitOpen(`${this.name} has been failing`, { retryAfter: HALF_OPEN_AFTER_MS / 1_000 });
    this.pending++;
    return undefined;
  }

  /** It is known what the service made of a request: the answer itself may still stream. */
  settle(outcome: Outcome): void {
    this.breaker.settle(outcome);
  }

  leave(): void {
    this.pending--;
  }

  /** Whether some other instance could have done it: then one that fails is not the service's failure. */
  hasAnother(than: Instance): boolean {
    return this.instances.some((instance) => instance !== than && instance.isAvailable);
  }

  /** Sends a request; `receiver` hears of the answer piece by piece, or once why there is none. */
  send(outgoing: Outgoing, receiver: Receiver, options: CallOptions): Call {
    const call = new Call(this, outgoing, receiver, options);
    const refusal = this.enter();
    if (refusal) call.refuse(refusal);
    else {
      this.budget.deposit();
      call.start();
    }
    return call;
  }

  /** For the gateway's own requests. @throws the errors of proxy.errors.ts */
  ask(
    outgoing: Omit<Outgoing, 'body' | 'headers'> & { body?: string; headers: Record<string, string> },
    { signal, ...options }: CallOptions & { signal?: AbortSignal },
  ): Promise<Answer> {
    const { body = null, headers, ...rest } = outgoing;
    return new Promise<Answer>((resolve, reject) => {
      if (signal?.aborted) return reject(new ClientLeft());
      let status = 0;
      let fields: Record<string, string | string[] | undefined> = {};
      const pieces: Buffer[] = [];
      const cancel = () => call.cancel();
      const done = () => signal?.removeEventListener('abort', cancel); // a client may stay for long, and ask for much
      const call = this.send(
        { ...rest, headers: Object.entries(headers).flat(), body: body === null ? null : () => body },
        {
          onHead: (code, _raw, parsed) => {
            status = code;
            fields = parsed;
          },
          onData: (piece) => void pieces.push(piece),
          onEnd: () => {
            done();
            resolve({ status, headers: fields, text: Buffer.concat(pieces).toString() });
          },
          onFailure: (error) => {
            done();
            reject(error as Error);
          },
        },
        options,
      );
      signal?.addEventListener('abort', cancel);
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

  async close(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.close()));
  }
}
