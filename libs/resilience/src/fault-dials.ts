import type { Dial } from './fault-dials.options.ts';

/** What happens to one request. */
export interface Fault {
  readonly delayMs: number;
  readonly outcome: 'served' | 'failed' | 'cut';
}

/** Who asks whether we live must hear the truth: a supervisor would restart what is only slow on purpose. */
const SPARED = '/health';

/** The dial of a process, which turns itself off when its time is over. */
export class FaultDials {
  #dial: Dial | undefined;
  #until = 0;
  readonly #random: () => number;
  readonly #now: () => number;

  /** @param random from 0 to less than 1 @param now milliseconds of a monotonic clock */
  constructor(random = Math.random, now = () => performance.now()) {
    this.#random = random;
    this.#now = now;
  }

  set(dial: Dial): void {
    this.#dial = dial;
    this.#until = this.#now() + dial.seconds * 1_000;
  }

  off(): void {
    this.#dial = undefined;
  }

  /** What is set, and for how many seconds still. */
  get current(): (Dial & { readonly secondsLeft: number }) | null {
    const dial = this.#active();
    return dial ? { ...dial, secondsLeft: Math.ceil((this.#until - this.#now()) / 1_000) } : null;
  }

  /** Undefined where nothing is to go wrong. @param path without its query */
  faultFor(path: string): Fault | undefined {
    const dial = this.#active();
    if (!dial || isBelow(path, SPARED) || (dial.path && !isBelow(path, dial.path))) return undefined;
    const drawn = this.#random();
    const outcome = drawn < dial.cut ? 'cut' : drawn < dial.cut + dial.errors ? 'failed' : 'served';
    return { delayMs: dial.latencyMs, outcome };
  }

  #active(): Dial | undefined {
    if (this.#dial && this.#now() >= this.#until) this.#dial = undefined;
    return this.#dial;
  }
}

const isBelow = (path: string, prefix: string) =>
  path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
