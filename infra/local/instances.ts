import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plan } from './plan.ts';
import { instanceOrigin, type ServiceName } from './topology.ts';

/** An instance of the system that runs, and where. */
export interface RunningInstance {
  readonly name: string;
  readonly service: ServiceName;
  readonly origin: string;
}

const fileIn = (folder: string) => path.join(folder, 'instances.json');

/** For other commands of this clone, as long as the runner runs. Answers what removes the note again. */
export function noteInstances(folder: string, portBase: number, { instances }: Plan): () => void {
  const noted = instances.map((each): RunningInstance => ({
    name: each.name,
    service: each.service,
    origin: instanceOrigin(portBase, each),
  }));
  writeFileSync(fileIn(folder), `${JSON.stringify(noted, null, 2)}\n`);
  return () => rmSync(fileIn(folder), { force: true });
}

/** Undefined where nothing runs. */
export const runningInstances = (folder: string): RunningInstance[] | undefined =>
  existsSync(fileIn(folder)) ? (JSON.parse(readFileSync(fileIn(folder), 'utf8')) as RunningInstance[]) : undefined;

const brokerFileIn = (folder: string) => path.join(folder, 'broker.json');

/** For other commands, too: what a process is told of the broker. Readable by its owner only, for there is a password in it. */
export function noteBroker(folder: string, environment: NodeJS.ProcessEnv): () => void {
  const noted = Object.fromEntries(
    Object.entries(environment).filter(([name]) => /^(REDIS_URL$|BROKER|KAFKA_)/.test(name)),
  );
  writeFileSync(brokerFileIn(folder), `${JSON.stringify(noted, null, 2)}\n`, { mode: 0o600 });
  return () => rmSync(brokerFileIn(folder), { force: true });
}

/** Undefined where nothing runs. */
export const runningBroker = (folder: string): NodeJS.ProcessEnv | undefined =>
  existsSync(brokerFileIn(folder))
    ? (JSON.parse(readFileSync(brokerFileIn(folder), 'utf8')) as NodeJS.ProcessEnv)
    : undefined;

const databasesFileIn = (folder: string) => path.join(folder, 'databases.json');

/** The database of each service, as the role that runs it; readable by its owner only, for there are passwords in it. */
export function noteDatabases(folder: string, databases: ReadonlyMap<string, { readonly url: string }>): () => void {
  const noted = Object.fromEntries([...databases].map(([service, { url }]) => [service, url]));
  writeFileSync(databasesFileIn(folder), `${JSON.stringify(noted, null, 2)}\n`, { mode: 0o600 });
  return () => rmSync(databasesFileIn(folder), { force: true });
}

/** Undefined where nothing runs. */
export const runningDatabases = (folder: string): Record<string, string> | undefined =>
  existsSync(databasesFileIn(folder))
    ? (JSON.parse(readFileSync(databasesFileIn(folder), 'utf8')) as Record<string, string>)
    : undefined;
