import { hasEnded, Problem, stopChild } from '@cairn/backing';
import type { ChildProcess } from 'node:child_process';
import type { Processes } from './processes.ts';
import type { Terminal } from './terminal.ts';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;
/** Who has run for that long starts again at once when it dies. */
const STEADY_MS = 30_000;

export interface Started {
  readonly process: ChildProcess;
  /** What it said of why it ended, if it says such things. */
  readonly lastWords?: () => string;
}

/** A process that is started again, with back-off, whenever it dies. */
export class Supervised {
  readonly name: string;
  readonly #begin: () => Promise<Started>;
  readonly #processes: Processes;
  readonly #terminal: Terminal;
  #child: ChildProcess | undefined;
  #deaths = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param begin resolves to the process when it is ready, rejects when it ends before that */
  constructor(name: string, begin: () => Promise<Started>, processes: Processes, terminal: Terminal) {
    this.name = name;
    this.#begin = begin;
    this.#processes = processes;
    this.#terminal = terminal;
  }

  /** @throws Problem when it ends before it is ready: at the first start nothing is tried again */
  async start(): Promise<void> {
    const { process: child, lastWords } = await this.#begin();
    this.#child = child;
    const steady = setTimeout(() => (this.#deaths = 0), STEADY_MS).unref();
    const onExit = () => {
      clearTimeout(steady);
      if (this.#child === child) this.#startAgain(`${this.name} died (${lastWords?.() || howItEnded(child)})`);
    };
    if (hasEnded(child)) onExit();
    else child.once('exit', onExit);
  }

  /** For new code: the old process stops, a new one starts. */
  async restart(): Promise<void> {
    const old = this.#child;
    this.#child = undefined;
    clearTimeout(this.#timer);
    if (old) await stopChild(old, 'SIGTERM', 1_500);
    await this.start().catch((error: Error) => this.#startAgain(error.message));
  }

  #startAgain(reason: string): void {
    if (this.#processes.stopping) return;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.#deaths++, LONGEST_DELAY_MS);
    this.#terminal.say(`${reason}; ${this.name} starts again in ${delay / 1000} s`);
    this.#timer = setTimeout(() => void this.#tryAgain(), delay);
  }

  async #tryAgain(): Promise<void> {
    if (this.#processes.stopping) return;
    try {
      await this.start();
      this.#terminal.say(`${this.name} is ready again`);
    } catch (error) {
      if (!(error instanceof Problem)) this.#terminal.complain(error);
      this.#startAgain((error as Error).message.replace(/\.$/, ''));
    }
  }
}

const howItEnded = ({ exitCode, signalCode }: ChildProcess) => signalCode ?? `exit code ${exitCode}`;
