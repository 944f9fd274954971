import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { ownGroup } from './server.ts';

/**
 * A small process that outlives ours for a moment: when ours is gone, however it ended, the pipe between them closes
 * and the guardian ends what ours had started.
 */
export class Guardian {
  readonly #process: ChildProcess;

  constructor() {
    this.#process = spawn(process.execPath, [path.join(import.meta.dirname, 'guardian-process.ts')], {
      ...ownGroup,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#process.stdin!.on('error', () => {});
    this.#process.unref();
    (this.#process.stdin as unknown as { unref(): void }).unref();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** To be called at spawn, not when the child is ready. */
  watch(child: ChildProcess, stopSignal: NodeJS.Signals = 'SIGTERM'): void {
    this.#tell({ watch: child.pid, stopSignal });
    child.once('exit', () => this.#tell({ forget: child.pid }));
  }

  /** A folder that is to go too. */
  removeAfterwards(folder: string): void {
    this.#tell({ remove: folder });
  }

  /** Nothing is left to guard. */
  dismiss(): void {
    this.#process.kill('SIGKILL');
  }

  #tell(message: object): void {
    this.#process.stdin!.write(`${JSON.stringify(message)}\n`);
  }
}
