import { asProblem, Problem } from '@cairn/backing';

/** What the person sees: a line per step, with the time since the start. */
export class Terminal {
  readonly #started = performance.now();
  #failed = false;

  constructor() {
    // Who reads may be gone before us, as when npm is killed.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  }

  get elapsed(): string {
    return seconds(performance.now() - this.#started);
  }

  /** Nothing after a failure: its sentence is the last one, whatever else was under way. */
  say(line: string): void {
    if (!this.#failed) console.log(`${this.elapsed.padStart(7)}  ${line}`);
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

  /** The last that is said. */
  fail(error: unknown): void {
    this.#failed = true;
    this.complain(error);
  }

  /** What the person can mend is a sentence; a fault of ours keeps its stack. */
  complain(error: unknown): void {
    const known = asProblem(error);
    console.error(known instanceof Problem ? `\n${known.message}` : known);
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
