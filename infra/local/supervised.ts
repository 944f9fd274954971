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

/** It was ended before it was ready, by a signal that did not come from us: that says nothing about its code. */
export class Killed extends Problem {}

/** Resolves to the process when it is ready, rejects when it ends before that; once `givenUp` aborts it need not come. */
export type Begin = (givenUp: AbortSignal) => Promise<Started>;

/** A process that is started again, with back-off, whenever it dies. */
export class Supervised {
  readonly name: string;
  readonly #begin: Begin;
  readonly #processes: Processes;
  readonly #terminal: Terminal;
  readonly #stopMs: number;
  #child: ChildProcess | undefined;
  #deaths = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Of starts: a restart gives up those before it. */
  #generation = new AbortController();
  #underWay: Promise<void> = Promise.resolve();

  /** @param stopMs how long it may take to stop when it is restarted, in milliseconds */
  constructor(name: string, begin: Begin, processes: Processes, terminal: Terminal, stopMs = 1_500) {
    this.name = name;
    this.#begin = begin;
    this.#processes = processes;
    this.#terminal = terminal;
    this.#stopMs = stopMs;
  }

  /** @throws Problem when it ends before it is ready: at the first start nothing is tried again */
  start(): Promise<void> {
    const { signal: givenUp } = this.#generation;
    const started = this.#begin(givenUp).then((process) => this.#own(process, givenUp));
    this.#underWay = started.catch(() => undefined);
    return started;
  }

  async #own({ process: child, lastWords }: Started, givenUp: AbortSignal): Promise<void> {
    if (givenUp.aborted) return stopChild(child, 'SIGTERM', this.#stopMs);
    this.#child = child;
    const steady = setTimeout(() => (this.#deaths = 0), STEADY_MS).unref();
    const onExit = () => {
      clearTimeout(steady);
      if (this.#child === child) this.#startAgain(`${this.name} ${howItEnded(child, lastWords?.())}`);
    };
    if (hasEnded(child)) onExit();
    else child.once('exit', onExit);
  }

  /**
   * For new code: the old process stops, a new one starts. One that is killed before it is ready has died as any other.
   * @throws Problem when it ends by itself before it is ready; it is not tried again
   */
  async restart(): Promise<void> {
    this.#generation.abort();
    const { signal: givenUp } = (this.#generation = new AbortController());
    clearTimeout(this.#timer);
    const old = this.#child;
    this.#child = undefined;
    const renew = async () => {
      await this.#underWay; // what it has started has ended then
      if (old) await stopChild(old, 'SIGTERM', this.#stopMs);
      if (!givenUp.aborted) await this.start();
    };
    try {
      await this.#terminal.step(`${this.name} restarted`, renew);
    } catch (error) {
      if (givenUp.aborted) return;
      if (!(error instanceof Killed)) throw error;
      this.#startAgain(error.message);
    }
  }

  #startAgain(reason: string): void {
    if (this.#processes.stopping) return;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.#deaths++, LONGEST_DELAY_MS);
    this.#terminal.say(`${reason.replace(/\.$/, '')}; ${this.name} starts again in ${delay / 1000} s`);
    this.#timer = setTimeout(() => void this.#tryAgain(), delay);
  }

  async #tryAgain(): Promise<void> {
    if (this.#processes.stopping) return;
    const { signal: givenUp } = this.#generation;
    try {
      await this.start();
      if (!givenUp.aborted) this.#terminal.say(`${this.name} is ready again`);
    } catch (error) {
      if (givenUp.aborted) return;
      if (!(error instanceof Problem)) this.#terminal.complain(error);
      this.#startAgain((error as Error).message);
    }
  }
}

/** A signal to the process alone, as a person sends one to restart it, is no death. */
const howItEnded = ({ exitCode, signalCode }: ChildProcess, lastWords?: string) =>
  exitCode === 0 ? 'has stopped' : `died (${lastWords || (signalCode ?? `exit code ${exitCode}`)})`;
