import type { Delivery, Handle } from '../broker/broker.ts';

const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [100, 5_000];

export interface Fetched {
  readonly delivery: Delivery;
  readonly offset: bigint;
}

export interface LaneOptions {
  readonly maxBatch: number;
  readonly handle: Handle;
  /** Everything before this offset is handled. */
  readonly commit: (offset: bigint) => Promise<void>;
  /** Whether calls may begin. */
  readonly isOpen: () => boolean;
  /** What is in memory is less than a batch: more may be fetched. */
  readonly onRoom: () => void;
}

/** A partition: what has been fetched of it and waits, and the one call that is under way. */
export class Lane {
  private readonly options: LaneOptions;
  private waiting: Fetched[] = [];
  /** What `handle` has rejected goes first, and alone. */
  private rejected: { readonly batch: readonly Fetched[]; readonly pauseMs: number } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> | undefined;
  /** What was fetched before we lost the partition is not ours to acknowledge. */
  private tenure = 0;

  constructor(options: LaneOptions) {
    this.options = options;
  }

  get isFull(): boolean {
    return this.waiting.length >= this.options.maxBatch;
  }

  push(fetched: readonly Fetched[]): void {
    this.waiting.push(...fetched);
    this.go();
  }

  /** The partition has changed hands, or comes again from what is acknowledged. */
  drop(): void {
    this.tenure++;
    this.waiting = [];
    this.rejected = undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Resolves when no call is under way and what it has handled is acknowledged. */
  async settled(): Promise<void> {
    await this.underWay;
  }

  /** Begins a call if one can begin. */
  go(): void {
    const { isOpen, onRoom, maxBatch } = this.options;
    if (this.underWay || this.timer || !isOpen()) return;
    const batch = this.rejected?.batch ?? this.waiting.splice(0, maxBatch);
    if (!batch.length) return;
    if (!this.isFull) onRoom();
    this.underWay = this.work(batch).finally(() => {
      this.underWay = undefined;
      this.go();
    });
  }

  private async work(batch: readonly Fetched[]): Promise<void> {
    const { tenure } = this;
    const isHandled = await this.succeeds(batch);
    if (tenure !== this.tenure) return;
    if (!isHandled) return this.later(batch);
    this.rejected = undefined;
    // Should it fail, the next one tells it too; should there be none, they come again.
    await this.options.commit(batch.at(-1)!.offset + 1n).catch(() => undefined);
  }

  private async succeeds(batch: readonly Fetched[]): Promise<boolean> {
    try {
      await this.options.handle(batch.map(({ delivery }) => delivery));
      return true;
    } catch {
      return false;
    }
  }

  private later(batch: readonly Fetched[]): void {
    const pauseMs = this.rejected ? Math.min(this.rejected.pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    this.rejected = { batch, pauseMs };
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.go();
      },
      pauseMs * (0.75 + Math.random() / 2),
    );
  }
}
