import { Guardian, killGroup, stopChild } from '@cairn/backing';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** From the first signal to the last process gone, for all of them together. */
const STOP_MS = 9_000;

/** Every process that the runner has started and that has not ended, and how they are stopped. */
export class Processes {
  readonly #guardian = new Guardian();
  readonly #running = new Map<ChildProcess, { name: string; stopSignal: NodeJS.Signals }>();
  readonly #stopOrder: readonly (readonly string[])[];
  readonly #pidFolder: string;
  #stopped: Promise<void> | undefined;

  /**
   * @param stopOrder names that are stopped first, wave by wave; whatever else runs comes last
   * @param pidFolder where a file per process, by its name, tells its id
   */
  constructor(stopOrder: readonly (readonly string[])[], pidFolder: string) {
    this.#stopOrder = stopOrder;
    this.#pidFolder = pidFolder;
  }

  get stopping(): boolean {
    return this.#stopped !== undefined;
  }

  get guardianPid(): number | undefined {
    return this.#guardian.pid;
  }

  /** To be called at spawn: what is not known here outlives us. */
  add(name: string, child: ChildProcess, stopSignal: NodeJS.Signals = 'SIGTERM'): void {
    if (child.pid === undefined) return;
    this.#guardian.watch(child, stopSignal);
    // A service that migrates while it serves is the one that serves.
    const isFirst = ![...this.#running.values()].some((other) => other.name === name);
    this.#running.set(child, { name, stopSignal });
    const pidFile = path.join(this.#pidFolder, name);
    if (isFirst) writePid(pidFile, child.pid);
    child.once('exit', () => {
      this.#running.delete(child);
      if (isFirst) rmSync(pidFile, { force: true });
    });
    if (this.stopping) child.kill(stopSignal); // started by a step that was still under way
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stopInOrder());
  }

  killAll(): void {
    for (const child of this.#running.keys()) killGroup(child.pid!);
  }

  async #stopInOrder(): Promise<void> {
    const deadline = Date.now() + STOP_MS;
    const waves = [...this.#stopOrder.map((names) => (name: string) => names.includes(name)), () => true];
    for (const [index, belongs] of waves.entries()) {
      // What an earlier wave did not need, a later one may use.
      const grace = Math.max(deadline - Date.now(), 0) / (waves.length - index);
      const wave = [...this.#running].filter(([, { name }]) => belongs(name));
      await Promise.all(wave.map(([child, { stopSignal }]) => stopChild(child, stopSignal, grace)));
    }
    this.#guardian.dismiss();
  }
}

function writePid(file: string, pid: number): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${pid}\n`);
}
