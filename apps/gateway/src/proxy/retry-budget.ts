/**
 * Bounds retries by what is asked for: a tenth of it, and a few for when little is asked. Without it, retries multiply the load on a
 * service just when it fails under its load (Google SRE book, "Handling Overload").
 */
export class RetryBudget {
  private tokens = RESERVE;

  /** To be called once per request. */
  deposit(): void {
    this.tokens = Math.min(RESERVE, this.tokens + RATIO);
  }

  /** Whether one more may be sent. */
  withdraw(): boolean {
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}

const RATIO = 0.1;
const RESERVE = 10;
