import { Guardian, hasEnded, ownGroup, stopChild, type ServiceDatabase } from '@cairn/backing';
import { build } from '@cairn/local/build';
import { createDatabases } from '@cairn/local/databases';
import { environmentOf, migrationEnvironmentOf, type Surroundings } from '@cairn/local/environment';
import { freePortBase } from '@cairn/local/free-port-base';
import { planOf } from '@cairn/local/plan';
import { instanceOrigin, topology, type Service, type ServiceName } from '@cairn/local/topology';
import { workspace } from '@cairn/local/workspace';
import { startTestServers } from '@cairn/testing/servers';
import { spawn, type ChildProcess } from 'node:child_process';
import { hash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const READY_WITHIN_MS = 30_000;
const STOP_MS = 10_000;

export interface Running {
  readonly origin: string;
  readonly process: ChildProcess;
}

/**
 * What benches start, as processes of their own: our services as they are built, each with the environment that `npm start` would give
 * it, and the bare things that they are compared with. PostgreSQL and Redis keep nothing: processors are measured, not disks.
 */
export class System {
  /** Where services write their profile when they end; they write none without it. */
  profiles: string | undefined;
  /** Where a database can be created. */
  readonly postgresUrl: string;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'cairn-bench-'));
  readonly #guardian = new Guardian();
  readonly #surroundings: Surroundings;
  readonly #stopServers: () => Promise<void>;
  #undo: (() => Promise<unknown> | void)[] = [];

  private constructor(
    postgresUrl: string,
    surroundings: Omit<Surroundings, 'spoolFolder'>,
    stopServers: () => Promise<void>,
  ) {
    this.postgresUrl = postgresUrl;
    this.#surroundings = { ...surroundings, spoolFolder: path.join(this.#folder, 'spool') };
    this.#stopServers = stopServers;
    this.#guardian.removeAfterwards(this.#folder);
  }

  /** PostgreSQL with a migrated database per service, and Redis; no service yet. */
  static async start(firstPort: number): Promise<System> {
    const plan = planOf([]);
    const portBase = await freePortBase(firstPort);
    const [servers] = await Promise.all([startTestServers(), build(plan.services)]);
    const { TEST_POSTGRES_URL, TEST_REDIS_URL } = servers.environment;
    const withDatabase = plan.services.filter((name) => topology[name].database);
    const secret = (name: string) => hash('sha256', name, 'base64url'); // of a system that lives for minutes, and only here
    const databases = await createDatabases(TEST_POSTGRES_URL, withDatabase, secret);
    const inherited = { PATH: process.env.PATH };
    const surroundings = { plan, portBase, empty: false, redisUrl: TEST_REDIS_URL, databases, secret, inherited };
    const system = new System(TEST_POSTGRES_URL, surroundings, () => servers.stop());
    try {
      await Promise.all(withDatabase.map((name) => system.#migrate(name)));
    } catch (error) {
      await system.remove();
      throw error;
    }
    return system;
  }

  get redisUrl(): string {
    return this.#surroundings.redisUrl;
  }

  get portBase(): number {
    return this.#surroundings.portBase;
  }

  origin(service: ServiceName, index = 0): string {
    return instanceOrigin(this.portBase, { service, index });
  }

  database(name: ServiceName): ServiceDatabase {
    return this.#surroundings.databases.get(name)!;
  }

  /** Starts one of ours on its port; one that is started twice has an index. Resolves when it is ready. */
  async service(service: ServiceName, environment: NodeJS.ProcessEnv = {}, index = 0): Promise<Running> {
    const name = index === 0 ? service : `${service}-${index}`;
    const args = ['--import', '@cairn/service/source-maps', path.join('apps', service, 'dist/main.js')];
    const profiling = this.profiles && `--cpu-prof --cpu-prof-dir=${this.profiles} --cpu-prof-name=${name}.cpuprofile`;
    const child = this.#spawn(name, args, {
      ...environmentOf({ name, service, index }, this.#surroundings),
      METRICS: 'true',
      ...(profiling && { NODE_OPTIONS: profiling }),
      ...environment,
    });
    const running = { origin: this.origin(service, index), process: child };
    await this.#until(name, child, async () => (await fetch(`${running.origin}/health/ready`)).ok);
    return running;
  }

  /** The environment in which the gateway knows these services only, each at the origin named. */
  upstreams(origins: Partial<Record<ServiceName, string>>): NodeJS.ProcessEnv {
    const upstreams = (Object.entries(origins) as [ServiceName, string][]).map(([name, at]) => {
      const { routes, classes }: Service = topology[name];
      return [name, { origins: [at], routes, classes }] as const;
    });
    return { UPSTREAMS: JSON.stringify(Object.fromEntries(upstreams)) };
  }

  /**
   * Starts a file of `sides`, which says on which port it listens: `{"port":1234}`. It can be spoken to by messages.
   * One that is started several times needs a name for each.
   */
  async side(file: string, environment: NodeJS.ProcessEnv = {}, name = file): Promise<Running> {
    const args = [path.join(import.meta.dirname, 'sides', `${file}.ts`)];
    const profiling = this.profiles && ['--cpu-prof', `--cpu-prof-dir=${this.profiles}`, `--cpu-prof-name=${name}.cpuprofile`]; // prettier-ignore
    const child = this.#spawn(name, [...(profiling || []), ...args], { PATH: process.env.PATH, ...environment });
    let port: number | undefined;
    child.on('message', (message: { port?: number }) => (port = message.port));
    await this.#until(name, child, () => port !== undefined);
    return { origin: `http://127.0.0.1:${port}`, process: child };
  }

  /** Something to be undone once the bench is over. */
  afterwards(undo: () => Promise<unknown> | void): void {
    this.#undo.push(undo);
  }

  /** Ends all that has been started for one bench, the last first. */
  async clear(): Promise<void> {
    const undo = this.#undo.reverse();
    this.#undo = [];
    for (const each of undo) await each();
  }

  async remove(): Promise<void> {
    await this.clear();
    await this.#stopServers();
    this.#guardian.dismiss();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #migrate(name: ServiceName): Promise<void> {
    const environment = migrationEnvironmentOf(name, this.#surroundings);
    const step = `${name}-migrate`;
    const child = this.#spawn(step, [path.join('apps', name, 'dist/migrate.js')], environment);
    await this.#until(step, child, () => child.exitCode === 0);
  }

  /** Its output goes straight into a file, as a container's does: reading it here would take the processor from those who are measured. */
  #spawn(name: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    const log = openSync(this.#logOf(name), 'w');
    const child = spawn(process.execPath, args, {
      ...ownGroup,
      cwd: workspace,
      env,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#guardian.watch(child, 'SIGTERM');
    this.afterwards(() => (hasEnded(child) ? undefined : stopChild(child, 'SIGTERM', STOP_MS)));
    return child;
  }

  async #until(name: string, child: ChildProcess, isSo: () => Promise<boolean> | boolean): Promise<void> {
    let ended = false;
    for (const deadline = Date.now() + READY_WITHIN_MS; !ended && Date.now() < deadline; await delay(20)) {
      ended = hasEnded(child);
      if (await Promise.resolve(isSo()).catch(() => false)) return;
    }
    throw new Error(`${name} did not come up:\n${readFileSync(this.#logOf(name), 'utf8').slice(-2_000)}`);
  }

  #logOf(name: string): string {
    return path.join(this.#folder, `${name}.log`);
  }
}
