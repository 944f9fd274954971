const SHOWN = 3;
/** Enough to know one complaint from another, and not its ids: `log in: 504 instead of 201`. */
const KIND_LENGTH = 40;

/** Lets the first lines of each kind through, and counts the others: a system that is down says the same a thousand times. */
export class Repetitions {
  readonly #print: (line: string) => void;
  readonly #kinds = new Map<string, number>();
  #rest = '';

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Text as it comes, in whatever pieces. */
  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line);
  }

  end(): void {
    if (this.#rest) this.#line(this.#rest);
    for (const [kind, count] of this.#kinds)
      if (count > SHOWN) this.#print(`… and ${count - SHOWN} more like: ${kind}`);
  }

  #line(line: string): void {
    // k6 logs `time="…" level=error msg="…" source=console`.
    const said = /msg="(.*?)"(?: \w+=\S+)*$/.exec(line)?.[1] ?? line;
    const kind = said.slice(0, KIND_LENGTH);
    const count = this.#kinds.get(kind) ?? 0;
    this.#kinds.set(kind, count + 1);
    if (count < SHOWN) this.#print(said);
  }
}
