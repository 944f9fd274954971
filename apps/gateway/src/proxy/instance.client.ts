import { Pool, type Dispatcher } from 'undici';
import { connectionErrorOf } from './connection-errors.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const CHECK_TIMEOUT_MS = 1_000;
/** So many requests without an answer in a row, and it is left alone for a while: each time for twice as long. */
const FAILURES = 3;
const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 10_000;

/** One process of a service: the connections to it, and whether requests should go there (passive and active health). */
export class Instance {
  /** Requests that wait for its answer or receive it. */
  pending = 0;
  private readonly pool: Pool;
  private failures = 0;
  private restUntil = 0;
  private isReady = true;

  constructor(
    readonly origin: string,
    connections: number,
    answerIdleMs: number,
  ) {
    this.pool = new Pool(origin, {
      connections,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      headersTimeout: 0, // the deadline of a request is exact, undici's is to the second
      bodyTimeout: answerIdleMs,
    });
  }

  /** Not while it says that it is not ready, as it does when it stops, nor while it rests. */
  get isAvailable(): boolean {
    return this.isReady && performance.now() >= this.restUntil;
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.pool.dispatch(options, handler);
  }

  succeeded(): void {
    this.failures = 0;
  }

  /** It gave no answer. */
  failed(): void {
    if (++this.failures < FAILURES) return;
    const rest = FIRST_REST_MS * 2 ** (this.failures - FAILURES);
    this.restUntil = performance.now() + Math.min(rest, LONGEST_REST_MS);
  }

  /** Asks for its readiness: one that is about to stop says no before it closes its port, and one that is back says yes. */
  async check(): Promise<void> {
    try {
      const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
      const answer = await this.pool.request({ method: 'GET', path: '/health/ready', signal });
      await answer.body.dump();
      this.isReady = answer.statusCode < 300;
    } catch (error) {
      this.isReady = !(connectionErrorOf(error) === 'not-sent'); // else busy, or stopped: its requests will tell
    }
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}
