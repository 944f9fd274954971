import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from './build.ts';
import { onSourceChange } from './source-changes.ts';
import type { Supervised } from './supervised.ts';
import type { Terminal } from './terminal.ts';
import type { Instance, ServiceName } from './topology.ts';
import { workspace } from './workspace.ts';

export interface WatchOptions {
  readonly services: readonly ServiceName[];
  readonly instances: readonly (Instance & { readonly process: Supervised })[];
  readonly terminal: Terminal;
  /** Brings the database of a service up to date. */
  readonly migrate: (name: ServiceName) => Promise<void>;
}

/** Builds what has changed and restarts whom it concerns: a service, or all of them when it is a library. */
export function watchSources({ services: names, instances, terminal, migrate }: WatchOptions): void {
  let underWay = Promise.resolve();
  /** Whose migrations have changed since they last went through. */
  const toMigrate = new Set<ServiceName>();

  /** One instance after the other: the others serve meanwhile, and go on with the old code when the first does not start. */
  const renew = async (name: ServiceName) => {
    try {
      for (const each of instances.filter(({ service }) => service === name)) {
        if (toMigrate.has(name)) await migrate(name);
        toMigrate.delete(name);
        await each.process.restart();
      }
    } catch (error) {
      terminal.complain(error);
      terminal.say(`${name} waits for the next change`);
    }
  };
  const update = async () => {
    const changed = await build(names);
    for (const name of names) if (changed.some((file) => concernsSchema(file, name))) toMigrate.add(name);
    await Promise.all(names.filter((name) => changed.some((file) => concerns(file, name))).map(renew));
  };
  const folders = [...names.map((name) => `apps/${name}/src`), ...globSync('libs/*/src', { cwd: workspace })];
  onSourceChange(
    folders.map((folder) => path.join(workspace, folder)),
    () => (underWay = underWay.then(update).catch((error: unknown) => terminal.complain(error))),
  );
}

const concerns = (file: string, name: string) =>
  file.startsWith(path.join('apps', name, path.sep)) || file.startsWith(`libs${path.sep}`);

/** A migration, or the file that lists the migrations of its service: one that is not listed yet is not run. */
const concernsSchema = (file: string, name: string) =>
  file.startsWith(path.join('apps', name, path.sep)) &&
  (file.includes(`${path.sep}migrations${path.sep}`) ||
    readFileSync(path.join(workspace, file), 'utf8').includes('/migrations/'));
