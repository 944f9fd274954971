import { GatewayOverloaded, TooMuchAtOnce } from './edge.errors.ts';

/** How many of something there may be at once, of all clients and of each network. */
export class Places {
  taken = 0;
  private readonly takenBy = new Map<string, number>();

  constructor(
    private readonly most: number,
    private readonly mostOfEach: number,
  ) {}

  /** Takes one, also where there is none left. Answers what gives it back, once however often it is called. */
  take(network: string): () => void {
    this.taken++;
    this.takenBy.set(network, (this.takenBy.get(network) ?? 0) + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.taken--;
      const left = this.takenBy.get(network)! - 1;
      if (left) this.takenBy.set(network, left);
      else this.takenBy.delete(network);
    };
  }

  /** Why the one that this network has taken last is one too many. */
  refusal(network: string): TooMuchAtOnce | GatewayOverloaded | undefined {
    if ((this.takenBy.get(network) ?? 0) > this.mostOfEach) return new TooMuchAtOnce(undefined, { retryAfter: 1 });
    return this.taken > this.most ? new GatewayOverloaded(undefined, { retryAfter: 1 }) : undefined;
  }
}
