interface Ask {
  readonly since: number;
  readonly giveUp: (error: Error) => void;
}

/** One deadline for all that is asked of Redis, and one timer: a timer for each question would cost more than the rest of it. */
export class Deadlines {
  private readonly open = new Set<Ask>(); // the oldest first
  private timer: NodeJS.Timeout | undefined;

  /** @param patienceMs how long an answer may take */
  constructor(
    private readonly patienceMs: number,
    private readonly failed: (error: Error) => void,
  ) {}

  /** @throws Error when it fails or takes too long; `late` gets an answer that comes after that */
  inTime<T>(asked: Promise<T>, late?: (answer: T) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = (error: Error) => {
        if (!this.open.delete(ask)) return;
        this.failed(error);
        reject(error);
      };
      const ask: Ask = { since: performance.now(), giveUp };
      this.open.add(ask);
      this.timer ??= this.lookIn(this.patienceMs);
      asked.then((answer) => (this.open.delete(ask) ? resolve(answer) : late?.(answer)), giveUp);
    });
  }

  private lookIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.look(), Math.max(1, ms)).unref();
  }

  private look(): void {
    // After a pause of this process answers may be there and unread: what has arrived is read before anything counts as late.
    setImmediate(() => {
      const now = performance.now();
      const error = new Error(`Redis did not answer within ${this.patienceMs} ms`);
      for (const ask of this.open) if (now - ask.since >= this.patienceMs) ask.giveUp(error);
      const [oldest] = this.open;
      this.timer = oldest && this.lookIn(oldest.since + this.patienceMs - now);
    });
  }
}
