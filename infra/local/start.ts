import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, watch } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createServiceDatabase, Problem, startPostgres, startRedis, type ServiceDatabase } from '@cairn/backing';
import { backingPorts, origin, services, topology, type ServiceName } from './topology.ts';

const HELP = `npm start -- [service …] [options]

  (no service)        starts everything
  blog                starts only blog and what it needs
  --watch             builds again and restarts the services whose files change
  --port-base 4000    moves every port (3000 unless told otherwise)
  --help              this text
`;

const workspace = path.resolve(import.meta.dirname, '../..');
const dataFolder = path.join(workspace, '.cairn');
const started = performance.now();
const seconds = (since = started) => `${((performance.now() - since) / 1000).toFixed(1).padStart(5)} s`;

const guardian = { process: undefined as ChildProcess | undefined };
const running: { name: string; child: ChildProcess; signal: NodeJS.Signals }[] = [];
let stopping: Promise<void> | undefined;

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const since = performance.now();
  const result = await work();
  console.log(`${seconds()}  ${name} (${seconds(since).trim()})`);
  return result;
}

function keep(name: string, child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM') {
  guardian.process?.stdin?.write(`${JSON.stringify({ watch: child.pid, stopSignal: signal })}\n`);
  const entry = { name, child, signal };
  running.push(entry);
  child.once('exit', () => {
    guardian.process?.stdin?.write(`${JSON.stringify({ forget: child.pid })}\n`);
    running.splice(running.indexOf(entry), 1);
  });
  return child;
}

function stopAll(): Promise<void> {
  return (stopping ??= (async () => {
    // Last started, first stopped: the gateway before the services, the services before their databases.
    for (const tier of [(n: string) => n === 'gateway', (n: string) => n in topology, () => true]) {
      await Promise.all(running.filter((entry) => tier(entry.name)).map(stop));
    }
    guardian.process?.kill('SIGKILL');
  })());
}

function stop({ child, signal }: { child: ChildProcess; signal: NodeJS.Signals }): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill('SIGKILL'), 4_000);
    child.once('exit', () => (clearTimeout(force), resolve()));
    child.kill(signal);
  });
}

function run(args: string[], options: { env?: NodeJS.ProcessEnv; cwd?: string; failure: string }): Promise<void> {
  const child = keep(
    options.failure,
    spawn(process.execPath, args, {
      cwd: options.cwd ?? workspace,
      env: { ...process.env, ...options.env },
      detached: true,
    }),
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return new Promise((resolve, reject) =>
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Problem(`${options.failure}:\n${log.trim()}`)))),
  );
}

async function ready(url: string, name: string): Promise<void> {
  for (
    const deadline = Date.now() + 30_000;
    Date.now() < deadline;
    await new Promise((resolve) => setTimeout(resolve, 50))
  ) {
    if (stopping) return;
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Problem(`${name} was not ready within 30 s: its log is ${path.relative(process.cwd(), logFile(name))}.`);
}

const logFile = (name: string) => path.join(dataFolder, 'logs', `${name}.log`);

/** Starts a backing service, and starts it again, with back-off, whenever it dies. */
async function kept<T extends { process: ChildProcess }>(
  name: string,
  begin: (onSpawn: (child: ChildProcess) => void) => Promise<T>,
  signal?: NodeJS.Signals,
  attempt = 0,
): Promise<T> {
  const server = await begin((child) => void keep(name, child, signal));
  server.process.once('exit', () =>
    again(
      name,
      attempt,
      () => void kept(name, begin, signal, attempt + 1).catch((error: Error) => console.error(error.message)),
    ),
  );
  return server;
}

function again(name: string, attempt: number, begin: () => void) {
  if (stopping) return;
  const delay = Math.min(250 * 2 ** attempt, 10_000);
  console.log(`${seconds()}  ${name} died; it starts again in ${delay} ms`);
  setTimeout(() => stopping ?? begin(), delay);
}

function startService(name: ServiceName, env: NodeJS.ProcessEnv, attempt = 0) {
  const log = createWriteStream(logFile(name), { flags: attempt ? 'a' : 'w' });
  const child = keep(
    name,
    spawn(process.execPath, ['--enable-source-maps', `apps/${name}/dist/main.js`], {
      cwd: workspace,
      env,
      detached: true,
    }),
  );
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  child.once('exit', () =>
    again(`${name} (its log is ${path.relative(process.cwd(), logFile(name))})`, attempt, () =>
      startService(name, env, attempt + 1),
    ),
  );
}

const build = () =>
  run(['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build', '--output-style=static'], {
    env: { NX_DAEMON: 'false' },
    failure: 'The build failed',
  });

/** A changed service is restarted; a changed library restarts all of them. */
function watchSources(names: readonly ServiceName[], portBase: number) {
  const changed = new Set<ServiceName>();
  let timer: NodeJS.Timeout | undefined;
  const restart = async () => {
    const since = performance.now();
    const affected = [...changed];
    changed.clear();
    await build();
    for (const name of affected) running.find((entry) => entry.name === name)?.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await Promise.all(affected.map((name) => ready(origin(portBase, name), name)));
    console.log(`${seconds()}  ${affected.join(', ')} restarted (${seconds(since).trim()})`);
  };
  const note = (those: readonly ServiceName[]) => {
    for (const name of those) changed.add(name);
    clearTimeout(timer);
    timer = setTimeout(() => void restart().catch((error: Error) => console.error(error.message)), 50);
  };
  for (const name of names) watch(path.join(workspace, 'apps', name, 'src'), { recursive: true }, () => note([name]));
  watch(
    path.join(workspace, 'libs'),
    { recursive: true },
    (_event, file) => file?.includes(`${path.sep}src${path.sep}`) && note(names),
  );
}

function withWhatTheyNeed(names: readonly string[]): ServiceName[] {
  const wanted = new Set(names.length ? names : Object.keys(topology));
  for (const name of wanted) {
    if (!(name in topology))
      throw new Problem(`There is no service "${name}": choose from ${Object.keys(topology).join(', ')}.`);
    for (const other of topology[name as ServiceName].waitsFor) if (other in topology) wanted.add(other);
  }
  return services.map(([name]) => name).filter((name) => wanted.has(name));
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' }, 'port-base': { type: 'string' }, watch: { type: 'boolean' } },
  });
  if (values.help) return console.log(HELP);
  const portBase = Number(values['port-base'] ?? 3000);
  const names = withWhatTheyNeed(positionals);
  mkdirSync(path.join(dataFolder, 'logs'), { recursive: true });
  guardian.process = spawn(process.execPath, [path.join(workspace, 'libs/backing/src/guardian-process.ts')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void stopAll().then(() => process.exit(0)));

  const [postgresUrl, redisUrl] = await Promise.all([
    process.env.DATABASE_URL ??
      step('PostgreSQL accepts connections', async () => {
        const server = await kept(
          'postgres',
          (onSpawn) =>
            startPostgres({
              onSpawn,
              folder: path.join(dataFolder, 'postgres'),
              port: portBase + backingPorts.postgres,
            }),
          'SIGINT',
        );
        return server.url;
      }),
    process.env.REDIS_URL ??
      step('Redis accepts connections', async () => {
        const server = await kept('redis', (onSpawn) =>
          startRedis({ onSpawn, folder: path.join(dataFolder, 'redis'), port: portBase + backingPorts.redis }),
        );
        return server.url;
      }),
    step('built', build),
  ]);

  const databases = new Map<string, ServiceDatabase>();
  for (const name of names.filter((service) => topology[service].database))
    databases.set(name, await createServiceDatabase(postgresUrl, name, { runtime: name, owner: name }));
  const environment = (name: ServiceName): NodeJS.ProcessEnv => ({
    ...process.env,
    NODE_ENV: 'development',
    PORT: String(portBase + topology[name].port),
    PORT_BASE: String(portBase),
    JWKS_URL: `${origin(portBase, 'identity')}/.well-known/jwks.json`,
    REDIS_URL: redisUrl,
    KEY_ENCRYPTION_SECRET: process.env.KEY_ENCRYPTION_SECRET ?? 'local development, never in production',
    DATABASE_URL: databases.get(name)?.url,
    DATABASE_OWNER_URL: databases.get(name)?.ownerUrl,
  });
  await step('migrated', () =>
    Promise.all(
      names
        .filter((name) => topology[name].database)
        .map((name) =>
          run([`apps/${name}/dist/main.js`, 'migrate'], {
            env: { ...environment(name), DATABASE_URL: databases.get(name)!.ownerUrl },
            failure: `The migrations of ${name} failed`,
          }),
        ),
    ),
  );
  await Promise.all(
    names.map((name) =>
      step(`${name} is ready on ${origin(portBase, name)}`, async () => {
        startService(name, environment(name));
        await ready(origin(portBase, name), name);
      }),
    ),
  );
  const api = names.includes('gateway') ? origin(portBase, 'gateway') : origin(portBase, names.at(-1)!);
  if (values.watch) watchSources(names, portBase);
  console.log(
    `\nReady after ${seconds().trim()}.\n  API    ${api}/api/v1/posts\n  Docs   ${api}/docs\n\nCtrl-C stops everything.`,
  );
}

main().catch(async (error: unknown) => {
  if (!stopping) console.error(error instanceof Problem ? error.message : error);
  await stopAll();
  process.exit(1);
});
