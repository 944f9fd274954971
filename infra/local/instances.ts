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

/** What a process is told of the broker. */
export interface RunningBroker {
  readonly BROKER: 'redis' | 'kafka';
  readonly REDIS_URL: string;
  readonly KAFKA_BROKERS: readonly string[];
}

/** For other commands, too; readable by its owner only, for there is a password in it. */
export function noteBroker(folder: string, { BROKER, REDIS_URL, KAFKA_BROKERS }: NodeJS.ProcessEnv): () => void {
  const noted: RunningBroker = {
    BROKER: BROKER === 'kafka' ? 'kafka' : 'redis',
    REDIS_URL: REDIS_URL ?? '',
    KAFKA_BROKERS: (KAFKA_BROKERS ?? '').split(',').map((each) => each.trim()),
  };
  writeFileSync(brokerFileIn(folder), `${JSON.stringify(noted, null, 2)}\n`, { mode: 0o600 });
  return () => rmSync(brokerFileIn(folder), { force: true });
}

/** Undefined where nothing runs. */
export const runningBroker = (folder: string): RunningBroker | undefined =>
  existsSync(brokerFileIn(folder))
    ? (JSON.parse(readFileSync(brokerFileIn(folder), 'utf8')) as RunningBroker)
    : undefined;
