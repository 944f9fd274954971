/** The circuit opens when two fifths of at least five answers within five seconds were failures: surely, when every other one is. */
const SHARE = 0.4;
const FEWEST = 5;
const WINDOW_MS = 5_000;
/** In so many parts the window moves on. */
const PARTS = 5;
/** Until one request may try whether the service is back. */
export const HALF_OPEN_AFTER_MS = 2_000;

/**
 * What became of a request. `unknown` says nothing of the service: its client left, or was too slow, or another instance is well.
 */
export type Outcome = 'answered' | 'failed' | 'unknown';

export type CircuitState = 'closed' | 'open' | 'half-open';

interface Part {
  since: number;
  answered: number;
  failed: number;
}

/**
 * Keeps requests from a service that fails (Nygard, *Release It!*, "Circuit Breaker"). cockatiel's knows two outcomes, goes by a clock that can be set back,
 * and lets everybody wait for the one request that tries: see ADR 23.
 */
export class CircuitBreaker {
  private parts: Part[] = [];
  private current: CircuitState = 'closed';
  private openedAt = 0;

  constructor(
    private readonly onChange: (state: CircuitState) => void = () => undefined,
    /** Milliseconds of a monotonic clock. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  get state(): CircuitState {
    return this.current;
  }

  /** Whether a request may be sent. Who is let through has to `settle`; while the circuit is half open that is one. */
  tryAcquire(): boolean {
    if (this.current === 'closed') return true;
    if (this.current === 'half-open' || this.now() - this.openedAt < HALF_OPEN_AFTER_MS) return false;
    this.become('half-open');
    return true;
  }

  settle(outcome: Outcome): void {
    if (this.current === 'half-open') this.settleProbe(outcome);
    else if (this.current === 'closed' && outcome !== 'unknown') this.count(outcome);
  }

  /** Of what was sent before the circuit opened an answer may come now: it is taken for that of the probe, and as good a sign. */
  private settleProbe(outcome: Outcome): void {
    if (outcome === 'failed') this.openedAt = this.now();
    else if (outcome === 'answered') this.parts = [];
    this.become(outcome === 'answered' ? 'closed' : 'open'); // after `unknown` the next request tries
  }

  private count(outcome: 'answered' | 'failed'): void {
    const now = this.now();
    this.parts = this.parts.filter(({ since }) => now - since < WINDOW_MS);
    let part = this.parts.at(-1);
    if (!part || now - part.since >= WINDOW_MS / PARTS)
      this.parts.push((part = { since: now, answered: 0, failed: 0 }));
    part[outcome]++;
    if (outcome === 'answered') return;
    const failed = this.parts.reduce((sum, each) => sum + each.failed, 0);
    const all = this.parts.reduce((sum, each) => sum + each.answered, failed);
    if (all < FEWEST || failed / all < SHARE) return;
    this.openedAt = now;
    this.become('open');
  }

  private become(state: CircuitState): void {
    this.current = state;
    this.onChange(state);
  }
}
