type Answer = (string | null)[];

interface Batch {
  readonly keys: string[];
  readonly answer: Promise<Answer>;
}

/** What one answer may hold at most, so that no other waits behind it for long. */
const KEYS_AT_ONCE = 64;

/** What is asked for in one turn of the event loop is asked by one `MGET`: cheaper than as many `GET`s in one pipeline. */
export class BatchedReads {
  private batch: Batch | undefined;

  /** @param first read along with each batch, in the same moment */
  constructor(
    private readonly first: string,
    private readonly mget: (keys: string[]) => Promise<Answer>,
  ) {}

  async read(key: string): Promise<[first: string | null, value: string | null]> {
    if (!this.batch || this.batch.keys.length >= KEYS_AT_ONCE) this.batch = this.begin();
    const { keys, answer } = this.batch;
    const place = keys.push(key);
    const values = await answer;
    return [values[0]!, values[place]!];
  }

  private begin(): Batch {
    const keys: string[] = [];
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    const batch: Batch = {
      keys,
      answer: turn.then(() => {
        if (this.batch === batch) this.batch = undefined;
        return this.mget([this.first, ...keys]);
      }),
    };
    return batch;
  }
}
