import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { workspace } from './workspace.ts';

export interface Outcome {
  readonly code: number;
  readonly log: string;
}

/** What a Jest run leaves, by libs/testing/src/report.mjs. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly failures: readonly string[];
}

/** A line per test file that has been run, by libs/testing/src/report.mjs. */
const FINISHED_FILES = 'finished-files';
/** How often a check that takes long says that it still runs. */
const SIGN_OF_LIFE_MS = 10_000;

/** The checks and tests of one `npm test`: runs them, shows a line for each, adds them up. */
export class TestRun {
  readonly #reports = mkdtempSync(path.join(tmpdir(), 'cairn-reports-'));
  readonly #environment: NodeJS.ProcessEnv;
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = {
      ...process.env,
      ...environment,
      NX_DAEMON: 'false',
      NX_TUI: 'false',
      FORCE_COLOR: '0',
      CAIRN_TEST_REPORTS: this.#reports,
    };
  }

  /** Counts as one, passed or failed, and so does what throws. */
  async check(name: string, work: () => Promise<Outcome>): Promise<void> {
    const since = performance.now();
    console.log(`        ${name} …`);
    const signOfLife = setInterval(
      () => console.log(`        … ${((performance.now() - since) / 1000).toFixed(0)} s${this.#finishedFiles()}`),
      SIGN_OF_LIFE_MS,
    );
    const { code, log } = await work().catch((error: Error) => ({ code: 1, log: error.stack ?? error.message }));
    clearInterval(signOfLife);
    if (code === 0) this.#passed++;
    else this.#failed++;
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name} (${((performance.now() - since) / 1000).toFixed(1)} s)`);
    if (code !== 0) console.log(log.trimEnd());
  }

  /** Runs a Node program, showing the lines that `progress` takes out of what it prints. */
  run(args: readonly string[], progress: (line: string) => string | undefined = () => undefined): Promise<Outcome> {
    const child = spawn(process.execPath, args, {
      cwd: workspace,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text;
        for (const line of text.split('\n')) {
          const shown = progress(line);
          if (shown) console.log(shown);
        }
      });
    }
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? 1, log }));
    });
  }

  /** Adds up what the Jest runs have left; answers the failures, as Jest words them. */
  collectTests(): string[] {
    const reports = readdirSync(this.#reports)
      .filter((file) => file.endsWith('.json'))
      .map((file) => JSON.parse(readFileSync(path.join(this.#reports, file), 'utf8')) as Report);
    for (const report of reports) {
      this.#passed += report.numPassedTests;
      this.#failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
      this.#skipped += report.numPendingTests + report.numTodoTests;
    }
    return reports.flatMap(({ failures }) => failures);
  }

  #finishedFiles(): string {
    const list = path.join(this.#reports, FINISHED_FILES);
    if (!existsSync(list)) return '';
    const files = readFileSync(list, 'utf8').trimEnd().split('\n');
    const failed = files.filter((file) => file.startsWith('FAILED ')).join(', ');
    return `, ${files.length} test files done, the last ${files.at(-1)}${failed && `; ${failed}`}`;
  }

  /** Prints the last line; answers the exit code. */
  finish(): number {
    rmSync(this.#reports, { recursive: true, force: true });
    console.log(`${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped`);
    return this.#failed === 0 ? 0 : 1;
  }
}
