import { watch } from 'node:fs';
import path from 'node:path';
import { build } from './build.ts';
import type { Supervised } from './supervised.ts';
import type { Terminal } from './terminal.ts';
import { workspace } from './workspace.ts';

/** Editors write a file in several steps. */
const SETTLE_MS = 50;

export interface WatchOptions {
  readonly services: readonly Supervised[];
  readonly terminal: Terminal;
  /** Brings the database of a service up to date. */
  readonly migrate: (name: string) => Promise<void>;
}

/** Builds what has changed and restarts whom it concerns: a service, or all of them when it is a library. */
export function watchSources({ services, terminal, migrate }: WatchOptions): void {
  let timer: NodeJS.Timeout | undefined;
  let underWay = Promise.resolve();
  const names = services.map(({ name }) => name);

  const update = async () => {
    const changed = await build(names);
    const affected = services.filter(({ name }) => changed.some((file) => concerns(file, name)));
    if (!affected.length) return;
    await terminal.step(`${affected.map(({ name }) => name).join(', ')} restarted`, () =>
      Promise.all(
        affected.map(async (service) => {
          if (changed.some((file) => file.startsWith(path.join('apps', service.name, 'src', 'migrations'))))
            await migrate(service.name);
          await service.restart();
        }),
      ),
    );
  };
  const onChange = () => {
    clearTimeout(timer);
    timer = setTimeout(
      () => (underWay = underWay.then(update).catch((error: unknown) => terminal.complain(error))),
      SETTLE_MS,
    );
  };
  for (const name of names) watch(path.join(workspace, 'apps', name, 'src'), { recursive: true }, onChange);
  const isSource = (file: string | null) => file?.split(path.sep)[1] === 'src';
  watch(path.join(workspace, 'libs'), { recursive: true }, (_event, file) => isSource(file) && onChange());
}

const concerns = (file: string, name: string) =>
  file.startsWith(path.join('apps', name, path.sep)) || file.startsWith(`libs${path.sep}`);
