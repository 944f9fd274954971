/** A pause that can be cut short. Who is woken while awake does not fall asleep the next time. */
export class Nap {
  private isWoken = false;
  private end: (() => void) | undefined;

  wake(): void {
    this.isWoken = true;
    this.end?.();
  }

  /** Until it is woken, or after `ms`. */
  async rest(ms?: number): Promise<void> {
    if (!this.isWoken)
      await new Promise<void>((resolve) => {
        const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.isWoken = false;
    this.end = undefined;
  }
}
