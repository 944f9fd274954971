/** So many at a time for each of those who ask, as each of them costs for as long as it lasts. */
export class Places {
  private readonly taken = new Map<string, number>();

  constructor(private readonly each: number) {}

  /** Answers how to give it back; undefined when all of theirs are taken. */
  take(who: string): (() => void) | undefined {
    const before = this.taken.get(who) ?? 0;
    if (before >= this.each) return undefined;
    this.taken.set(who, before + 1);
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      const left = this.taken.get(who)! - 1;
      if (left) this.taken.set(who, left);
      else this.taken.delete(who);
    };
  }
}
