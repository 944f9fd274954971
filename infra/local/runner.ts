import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { kafkaBrokers, postgresUrl, redisUrl } from './backing-servers.ts';
import { build } from './build.ts';
import { makeDataFolder } from './data-folder.ts';
import { createDatabases } from './databases.ts';
import { fillDemoWorld } from './demo.ts';
import { environmentOf, migrationEnvironmentOf, type Surroundings } from './environment.ts';
import { greeting, type DemoWorld } from './greeting.ts';
import { noteBroker, noteDatabases, noteInstances } from './instances.ts';
import { migrateIfChanged } from './migrated.ts';
import { claim } from './one-at-a-time.ts';
import type { Options } from './options.ts';
import { portsOf, type Plan } from './plan.ts';
import { assertPortsFree } from './ports.ts';
import type { Processes } from './processes.ts';
import { secretsIn } from './secrets.ts';
import { migrateService, startServiceProcess, stopMs } from './service-process.ts';
import { Supervised } from './supervised.ts';
import type { Terminal } from './terminal.ts';
import { instanceOrigin, origin, services, topology, type Instance, type ServiceName } from './topology.ts';
import { dataFolder } from './workspace.ts';
import { watchSources } from './watch.ts';

/** Five services on a laptop: new objects get a quarter of the memory that V8 gives them on a server. */
const NODE_OPTIONS = ['--max-semi-space-size=4', '--import', '@cairn/service/source-maps'];

/** From nothing to a running system. @throws Problem when the person has to mend something; what has been started then still runs */
export async function start(options: Options, plan: Plan, processes: Processes, terminal: Terminal): Promise<void> {
  const { portBase, broker, empty } = options;
  makeDataFolder(dataFolder);
  const release = await claim(path.join(dataFolder, 'runner.json'), processes.guardianPid);
  rmSync(path.join(dataFolder, 'pids'), { recursive: true, force: true }); // of a runner that was killed
  mkdirSync(path.join(dataFolder, 'logs'), { recursive: true, mode: 0o700 });
  const forget = noteInstances(dataFolder, portBase, plan);
  process.once('exit', () => {
    forget();
    release();
  });
  const own = [
    ...(process.env.DATABASE_URL ? [] : ['postgres' as const]),
    ...(process.env.REDIS_URL ? [] : ['redis' as const]),
    ...(broker === 'kafka' && !process.env.KAFKA_BROKERS ? ['kafka' as const] : []),
  ];
  await assertPortsFree(portsOf(plan, portBase, own));

  const secret = secretsIn(path.join(dataFolder, 'secrets.json'));
  const backing = { portBase, processes, terminal, secret };
  const withDatabase = plan.services.filter((name) => topology[name].database);
  const [databases, redis, kafka] = await Promise.all([
    terminal.step('PostgreSQL is ready', async () => createDatabases(await postgresUrl(backing), withDatabase, secret)),
    terminal.step('Redis is ready', () => redisUrl(backing)),
    broker === 'kafka' ? terminal.step('Kafka is ready', () => kafkaBrokers(backing)) : undefined,
    terminal.step('built', () => build(plan.services)),
  ]);

  const surroundings: Surroundings = {
    plan,
    portBase,
    empty,
    redisUrl: redis,
    kafkaBrokers: kafka,
    spoolFolder: path.join(dataFolder, 'spool'),
    databases,
    secret,
    inherited: process.env,
  };
  const forgetBroker = noteBroker(dataFolder, environmentOf(plan.instances[0]!, surroundings));
  process.once('exit', forgetBroker);
  process.once('exit', noteDatabases(dataFolder, databases));
  const processOptions = (name: string, service: ServiceName, environment: NodeJS.ProcessEnv) => ({
    name,
    service,
    processes,
    environment,
    logFile: path.join(dataFolder, 'logs', `${name}.log`),
  });
  const migrate = (name: ServiceName) =>
    migrateService(processOptions(name, name, migrationEnvironmentOf(name, surroundings)));
  const supervised = (instance: Instance) => {
    const environment = environmentOf(instance, surroundings);
    const started = processOptions(instance.name, instance.service, environment);
    const begin = (givenUp: AbortSignal) => startServiceProcess({ ...started, nodeOptions: NODE_OPTIONS, givenUp });
    return new Supervised(instance.name, begin, processes, terminal, stopMs(environment));
  };
  await terminal.step('migrated', () =>
    Promise.all(withDatabase.map((name) => migrateIfChanged(name, databases.get(name)!.ownerUrl, () => migrate(name)))),
  );
  const running = plan.instances.map((instance) => ({ ...instance, process: supervised(instance) }));
  terminal.say(`starting ${running.map(({ name }) => name).join(', ')}`);
  await Promise.all(
    running.map(({ process: each, ...instance }) =>
      terminal.step(`${instance.name} is ready on ${instanceOrigin(portBase, instance)}`, () => each.start()),
    ),
  );
  if (processes.stopping) return;
  const demoWorld = empty ? 'none' : demoWorldOf(plan);
  terminal.print(greeting(plan, { portBase, empty, demoWorld }, terminal.elapsed));
  if (options.watch) watchSources({ services: plan.services, instances: running, terminal, migrate });
  if (demoWorld === 'coming') await makeDemoWorld(plan, portBase, processes, terminal);
}

/** Each PostgreSQL server has a demo world of its own. */
function demoMarker(): string {
  const { DATABASE_URL } = process.env;
  return path.join(dataFolder, DATABASE_URL ? `demo-world-${hash('sha256', DATABASE_URL).slice(0, 16)}` : 'demo-world');
}

/** It is made where identity and blog run; once it is there, it is there for whoever runs. */
function demoWorldOf({ services }: Plan): DemoWorld {
  const marker = demoMarker();
  if (existsSync(marker) && readFileSync(marker, 'utf8') === 'done') return 'there';
  return services.includes('identity') && services.includes('blog') ? 'coming' : 'none';
}

/** Without it the system runs all the same: what goes wrong here is said and stops nothing. */
async function makeDemoWorld(plan: Plan, portBase: number, processes: Processes, terminal: Terminal): Promise<void> {
  const serving = (path: string) =>
    services.find(([, { routes }]) => routes.some((route) => path.startsWith(route)))![0];
  const originOf = (path: string) => origin(portBase, plan.services.includes('gateway') ? 'gateway' : serving(path));
  const since = performance.now();
  try {
    const filled = await fillDemoWorld({
      originOf,
      marker: demoMarker(),
      runs: (name) => plan.services.includes(name),
    });
    if (filled) terminal.say(`the demo world is there (${((performance.now() - since) / 1000).toFixed(1)} s)`);
  } catch (error) {
    if (!processes.stopping) terminal.say(`${(error as Error).message}; the next start goes on with it`);
  }
}
