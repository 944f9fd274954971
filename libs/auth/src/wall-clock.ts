/** How far the wall clock may run from the monotonic one before it counts as set, in ms. */
const STEP_MS = 1_000;

/** Notices that somebody has set the wall clock. */
export class WallClock {
  private offset = Date.now() - performance.now();

  /** Whether it was set since this was asked last. */
  wasSet(): boolean {
    const offset = Date.now() - performance.now();
    if (Math.abs(offset - this.offset) <= STEP_MS) return false;
    this.offset = offset;
    return true;
  }
}
