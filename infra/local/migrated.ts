import { appliedMigrations } from '@cairn/backing';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ServiceName } from './topology.ts';
import { dataFolder, workspace } from './workspace.ts';

/**
 * Most starts find nothing to migrate, and a process that finds it out costs a second. So it is left out when neither the built code of
 * the schema nor what the database says of its migrations has changed since the last time.
 */
export async function migrateIfChanged(name: ServiceName, url: string, migrate: () => Promise<void>): Promise<void> {
  const note = path.join(dataFolder, 'migrated', name);
  const now = async () => [codeOf(name), ...(await appliedMigrations(url))].join('\n');
  if (read(note) === (await now())) return;
  await migrate();
  mkdirSync(path.dirname(note), { recursive: true });
  writeFileSync(note, await now());
}

function codeOf(name: ServiceName): string {
  const files = globSync([`apps/${name}/dist/{database,migrate}.js`, `{apps/${name},libs/*}/dist/**/*.migration.js`], { cwd: workspace }); // prettier-ignore
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(file).update(readFileSync(path.join(workspace, file)));
  return hash.digest('base64url');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
