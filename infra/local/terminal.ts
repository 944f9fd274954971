import { asProblem, Problem } from '@cairn/backing';

/** What the person sees: a line per step, with the time since the start. */
export class Terminal {
  readonly #started = performance.now();

  constructor() {
    // Who reads may be gone before us, as when npm is killed.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  }

  get elapsed(): string {
    return seconds(performance.now() - this.#started);
  }

  say(line: string): void {
    console.log(`${this.elapsed.padStart(7)}  ${line}`);
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

  /** What the person can mend is a sentence; a fault of ours keeps its stack. */
  fail(error: unknown): void {
    const known = asProblem(error);
    console.error(known instanceof Problem ? `\n${known.message}` : known);
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
