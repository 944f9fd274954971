import { asProblem, Problem } from '@cairn/backing';

/** What the person sees: a line per step, with the time since the start. */
export class Terminal {
  readonly #started = performance.now();
  #ended = false;

  constructor() {
    // Who reads may be gone before us, as when npm is killed.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  }

  get elapsed(): string {
    return seconds(performance.now() - this.#started);
  }

  /** Nothing after the last line, whatever else was under way. */
  say(line: string): void {
    if (!this.#ended) console.log(`${this.elapsed.padStart(7)}  ${line}`);
  }

  /** The last that is said. */
  sayLast(line: string): void {
    this.say(line);
    this.#ended = true;
  }

  print(text: string): void {
    console.log(text);
  }

  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const since = performance.now();
    const result = await work();
    this.say(`${name} (${seconds(performance.now() - since)})`);
    return result;
  }

  /** The last that is said, too. */
  fail(error: unknown): void {
    this.complain(error);
    this.#ended = true;
  }

  /** What the person can mend is a sentence; a fault of ours keeps its stack. */
  complain(error: unknown): void {
    if (this.#ended) return;
    const known = asProblem(error);
    console.error(known instanceof Problem ? `\n${known.message}` : known);
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
