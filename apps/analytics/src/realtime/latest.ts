/**
 * What one reader has yet to see of something that goes on changing: the latest of it. What came while they were busy is passed over, so nothing piles up.
 * `return` ends a `next` that waits.
 */
export class Latest<Value> implements AsyncIterableIterator<Value> {
  private waiting: { value: Value } | undefined;
  private isOver = false;
  private wake = () => {};

  constructor(private readonly onReturn: () => void) {}

  set(value: Value): void {
    this.waiting = { value };
    this.wake();
  }

  async next(): Promise<IteratorResult<Value, undefined>> {
    while (!this.isOver) {
      const { waiting } = this;
      this.waiting = undefined;
      if (waiting) return { done: false, value: waiting.value };
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Value, undefined>> {
    if (!this.isOver) this.onReturn();
    this.isOver = true;
    this.wake();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}
