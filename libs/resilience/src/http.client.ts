import { DeadlineExceeded } from '@cairn/http/errors';
import { DEADLINE_HEADER, propagationHeaders, remainingMs, timeoutHeader } from '@cairn/observability';
import { Logger } from '@nestjs/common';
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleType,
  handleWhen,
  retry,
} from 'cockatiel';
import { boundedQueue } from './bounded-queue.ts';
import { UpstreamUnavailable } from './resilience.errors.ts';
import { retryAfterMs } from './retry-after.ts';

export interface HttpClientOptions {
  /** What the other side is called in logs and errors. */
  readonly name: string;
  readonly origin: string;
  /** Sent with every attempt, asked for anew each time: a token that is renewed. To fail or hang here is to fail or hang there. */
  readonly headers?: () => Promise<Record<string, string>>;
  /** Called when the answer is a 401: to forget what `headers` gave. It is then asked once more, and the call made again. */
  readonly onUnauthorized?: () => void;
  /**
   * For the whole call: waiting for a place, every attempt, the pauses between them and the body. Default 2000. Less where the request
   * under way has less left; the other side is told how much.
   */
  readonly deadlineMs?: number;
  /** Attempts after the first, of idempotent methods only. Default 2. */
  readonly retries?: number;
  /** Opens after so many failures in a row; after a while one call may try again. Default 5 and 2000. */
  readonly breaker?: { readonly failures: number; readonly halfOpenAfterMs: number };
  /** Default 32 at once and 128 waiting. */
  readonly bulkhead?: { readonly concurrency: number; readonly queue: number };
}

export interface HttpClient {
  /**
   * As the global `fetch`, but the body has arrived whole when it answers. Statuses other than 502, 503 and 504 are answers, not failures.
   * @throws UpstreamUnavailable when there was no answer within the deadline, or the breaker is open
   * @throws Overloaded when too many calls wait already
   * @throws DeadlineExceeded when the time of the request under way is over: the call is not made, or not waited for
   */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** Their second arrival changes nothing (RFC 9110, section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const PASSING = new Set([502, 503, 504]);
const FIRST_PAUSE_MS = 50;
const NO_BODY = new Set([204, 205, 304]);

/** The other side failed in a way that may pass: no connection, none that lasted, no answer in time, or 502, 503, 504. */
class AttemptFailed extends Error {
  constructor(
    cause: unknown,
    readonly retryAfterMs = 0,
  ) {
    super('The attempt failed', { cause });
  }
}

const logger = new Logger('HttpClient');

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { name, origin, deadlineMs = 2_000, retries = 2 } = options;
  const { failures, halfOpenAfterMs } = options.breaker ?? { failures: 5, halfOpenAfterMs: 2_000 };
  const inTurn = boundedQueue(options.bulkhead ?? { concurrency: 32, queue: 128 });
  const breaker = circuitBreaker(handleType(AttemptFailed), {
    breaker: new ConsecutiveBreaker(failures),
    halfOpenAfter: halfOpenAfterMs,
  });
  breaker.onStateChange((state) => logger.warn(`The circuit to ${name} is ${CircuitState[state].toLowerCase()}`));

  const unavailable = (cause: unknown) => {
    const waitMs = cause instanceof AttemptFailed && cause.retryAfterMs ? cause.retryAfterMs : halfOpenAfterMs;
    const retryAfter = Math.ceil(waitMs / 1000);
    return Object.assign(new UpstreamUnavailable(`${name} is unavailable`, { retryAfter }), { cause });
  };

  return {
    async fetch(path, init = {}) {
      const url = new URL(path, origin);
      if (url.origin !== new URL(origin).origin) throw new TypeError(`${path} leaves ${origin}`);
      const left = remainingMs() ?? Infinity;
      if (left === 0) throw new DeadlineExceeded();
      const end = performance.now() + Math.min(deadlineMs, left);
      const deadline = AbortSignal.timeout(deadlineMs);
      // What a caller in a hurry does not wait for is no failure of the other side: anybody could open the breaker.
      const hurry = left < deadlineMs ? abortedAfter(left) : undefined;
      const others = [hurry?.signal, init.signal].filter((each) => !!each);
      const signal = others.length ? AbortSignal.any([deadline, ...others]) : deadline;
      const again = retryWithin(end, IDEMPOTENT.has(init.method?.toUpperCase() ?? 'GET') ? retries : 0);
      const call = inTurn(() => {
        signal.throwIfAborted(); // waited for too long: the other side is not to blame
        return again.execute(() => breaker.execute(() => attempt(url, init, { options, signal, deadline, end })));
      });
      try {
        return await Promise.race([call, abortionOf(signal)]);
      } catch (error) {
        if (error instanceof AttemptFailed || error instanceof BrokenCircuitError || error === deadline.reason)
          throw unavailable(error);
        throw error;
      } finally {
        hurry?.forget();
      }
    },
  };
}

interface Surroundings {
  readonly options: HttpClientOptions;
  /** Of the caller and the deadline. */
  readonly signal: AbortSignal;
  readonly deadline: AbortSignal;
  /** When the answer is due, by the monotonic clock. */
  readonly end: number;
}

async function attempt(
  url: URL,
  init: RequestInit,
  { options, signal, deadline, end }: Surroundings,
): Promise<Response> {
  const send = async () => {
    signal.throwIfAborted();
    const own = await Promise.race([options.headers?.(), abortionOf(signal)]);
    const headers = new Headers(init.headers);
    const sent = { ...own, ...propagationHeaders(), [DEADLINE_HEADER]: timeoutHeader(end) };
    for (const [header, value] of Object.entries(sent)) headers.set(header, value);
    return fetch(url, { redirect: 'manual', ...init, headers, signal });
  };
  try {
    let response = await send();
    if (response.status === 401 && options.onUnauthorized) {
      await response.body?.cancel();
      options.onUnauthorized();
      response = await send();
    }
    const body = await response.arrayBuffer();
    if (PASSING.has(response.status))
      throw new AttemptFailed(`HTTP ${response.status}`, retryAfterMs(response.headers.get('retry-after')));
    return new Response(NO_BODY.has(response.status) ? null : body, response);
  } catch (error) {
    if (error instanceof AttemptFailed || (signal.aborted && !deadline.aborted)) throw error; // the caller does not want it any more
    throw new AttemptFailed(error);
  }
}

/** Exponential back-off with full jitter, longer when the other side says so; no attempt that the deadline would cut off. */
function retryWithin(end: number, retries: number) {
  let pause = 0;
  const worthwhile = (error: unknown, attempts: number) => {
    if (!(error instanceof AttemptFailed)) return false;
    pause = Math.max(error.retryAfterMs, Math.random() * FIRST_PAUSE_MS * 2 ** attempts);
    return performance.now() + pause < end;
  };
  let attempts = 0;
  return retry(
    handleWhen((error) => worthwhile(error, attempts++)),
    { maxAttempts: retries, backoff: new DelegateBackoff(() => pause) },
  );
}

/** As AbortSignal.timeout, with a reason of our own, and a timer that does not outlive the call. */
function abortedAfter(milliseconds: number) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DeadlineExceeded()), milliseconds);
  return { signal: controller.signal, forget: () => clearTimeout(timer) };
}

const abortionOf = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
