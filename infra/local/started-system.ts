import { hasEnded, removePostgresData, stopChild } from '@cairn/backing';
import { demoAccounts } from './demo.ts';
import { DEMO_PASSWORD, FIRST_ADMIN } from './environment.ts';
import { origin, type ServiceName } from './topology.ts';
import { workspace } from './workspace.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from './until.ts';

const START_MS = 90_000;
const DEMO_WORLD_MS = 60_000;

/** The system as `npm start` runs it, on data of its own. */
export class StartedSystem {
  readonly portBase: number;
  readonly #options: readonly string[];
  readonly data = mkdtempSync(path.join(tmpdir(), 'cairn-'));
  #runner: ChildProcess | undefined;
  #output = '';

  /** @param options of `npm start`, besides the port base */
  constructor(portBase: number, options: readonly string[] = []) {
    this.portBase = portBase;
    this.#options = options;
    chmodSync(this.data, 0o755); // as root, PostgreSQL runs as another user
  }

  get gateway(): string {
    return this.origin('gateway');
  }

  get admin() {
    return { login: FIRST_ADMIN.username, password: DEMO_PASSWORD };
  }

  get author() {
    return { login: demoAccounts[0].username, password: DEMO_PASSWORD };
  }

  origin(name: ServiceName): string {
    return origin(this.portBase, name);
  }

  /** What the runner has printed since the last start. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when it says that it is ready and, the first time, that the demo world is there. Answers the seconds to readiness. */
  async start(): Promise<number> {
    const since = performance.now();
    const isFirst = this.#runner === undefined;
    const env: NodeJS.ProcessEnv = { ...process.env, CAIRN_DATA: this.data, npm_lifecycle_event: 'prove' };
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'BROKER_REDIS_URL', 'KAFKA_BROKERS', 'KAFKA_TLS', 'NODE_OPTIONS'])
      delete env[name];
    const args = ['infra/local/start.ts', '--port-base', String(this.portBase), ...this.#options];
    const runner = spawn(process.execPath, args, { cwd: workspace, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#runner = runner;
    this.#output = '';
    for (const stream of [runner.stdout, runner.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    await this.says('Ready after', START_MS);
    const seconds = (performance.now() - since) / 1000;
    if (isFirst) await this.says('the demo world is there', DEMO_WORLD_MS);
    return seconds;
  }

  /** How often the runner has printed this. */
  count(text: string): number {
    return this.#output.split(text).length - 1;
  }

  /** Waits until the runner has printed this. @throws Error with all that it has printed when it ends before, or in time does not */
  async says(text: string, milliseconds: number): Promise<void> {
    const runner = this.#runner!;
    await until(`the runner says "${text}"`, milliseconds, () => this.#output.includes(text) || hasEnded(runner)).catch(
      (error: Error) => {
        throw new Error(`${error.message}. It said:\n${this.#output}`);
      },
    );
    if (!this.#output.includes(text)) throw new Error(`The runner ended. It said:\n${this.#output}`);
  }

  /** By SIGTERM; answers the seconds that it took. */
  async stop(): Promise<number> {
    const since = performance.now();
    if (this.#runner && !hasEnded(this.#runner)) await stopChild(this.#runner, 'SIGTERM', 15_000);
    return (performance.now() - since) / 1000;
  }

  async remove(): Promise<void> {
    await this.stop();
    removePostgresData(path.join(this.data, 'postgres'));
    rmSync(this.data, { recursive: true, force: true });
  }

  /** The process that PostgreSQL itself names as its first (postmaster.pid, first line). */
  get postgresPid(): number {
    return Number(readFileSync(path.join(this.data, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  }

  get redisUrl(): string {
    const secrets = JSON.parse(readFileSync(path.join(this.data, 'secrets.json'), 'utf8')) as Record<string, string>;
    return `redis://:${secrets.redis}@127.0.0.1:${this.portBase + 79}`;
  }

  /** Processes that work on this system's data: it stands in their environment or arguments. Linux only. */
  processes(pattern = ''): number[] {
    return globSync('/proc/[0-9]*')
      .map((folder) => Number(path.basename(folder)))
      .filter((pid) => {
        const about = ['cmdline', 'environ'].map((file) => read(`/proc/${pid}/${file}`)).join('\n');
        return pid !== process.pid && about.includes(this.data) && about.includes(pattern);
      });
  }

  childrenOf(parent: number): number[] {
    // proc_pid_stat(5): `pid (name) state ppid …`
    return globSync('/proc/[0-9]*/stat')
      .filter((file) => /^\d+ \(.*\) \S (\d+) /s.exec(read(file))?.[1] === String(parent))
      .map((file) => Number(path.basename(path.dirname(file))));
  }

  /** The last errors in the services' logs: what to look at when a proof does not hold. */
  errors(): string {
    return globSync(path.join(this.data, 'logs/*.log'))
      .flatMap((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => /"level":(50|60)|"level":"(error|fatal)"/.test(line))
          .slice(-5)
          .map((line) => `${path.basename(file)}: ${line.slice(0, 1_000)}`),
      )
      .join('\n');
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended, or is somebody else's
  }
}
