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
