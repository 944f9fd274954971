import { spawn } from 'node:child_process';
import { chownSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Problem } from './problem.ts';
import { prepareHome, type Home } from './postgres-home.ts';
import { explain, ownGroup, saysReady, type RunningServer, type ServerOptions } from './server.ts';

// Its messages in English, because we read them.
const env = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' };
const notDurable = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];

/** Starts a PostgreSQL server on a data folder, creating it when it is new. Resolves when it accepts connections. */
export async function startPostgres(options: ServerOptions): Promise<RunningServer & { data: string }> {
  const home = await prepareHome(options.folder);
  if (!existsSync(path.join(home.data, 'PG_VERSION'))) await createCluster(home, options);
  const settings = options.durable === false ? notDurable.flatMap((setting) => ['-c', setting]) : [];
  const server = spawn(
    path.join(home.bin, 'postgres'),
    ['-D', home.data, '-p', String(options.port), '-k', '', '-h', '127.0.0.1', ...settings],
    { ...home.as, ...ownGroup, env, cwd: home.data, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  options.onSpawn?.(server, 'SIGINT');
  await saysReady(server, 'PostgreSQL', { ...options, folder: home.data });
  const password = options.password ? `:${encodeURIComponent(options.password)}` : '';
  return {
    process: server,
    url: `postgres://postgres${password}@127.0.0.1:${options.port}/postgres`,
    stopSignal: 'SIGINT', // "fast shutdown": open transactions are rolled back
    data: home.data,
  };
}

/** initdb beside the final place and a rename, so that one that is cut short leaves nothing that looks whole. */
async function createCluster(home: Home, { password, onSpawn, durable, port }: ServerOptions): Promise<void> {
  const unfinished = `${home.data}.new`;
  const passwordFile = `${home.data}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  if (password) {
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (home.as) chownSync(passwordFile, home.as.uid, home.as.gid);
  }
  home.makeFolder(unfinished);
  try {
    const child = spawn(
      path.join(home.bin, 'initdb'),
      [
        `--pgdata=${unfinished}`,
        ...(password ? ['--auth=scram-sha-256', `--pwfile=${passwordFile}`] : ['--auth=trust']),
        '--username=postgres',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
        ...(durable === false ? ['--no-sync'] : []),
      ],
      { ...home.as, ...ownGroup, env, cwd: unfinished, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    onSpawn?.(child, 'SIGTERM');
    let log = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (log += text));
    await new Promise<void>((resolve, reject) => {
      child.once('error', (error) =>
        reject(new Problem(`PostgreSQL's initdb could not be started: ${error.message}.`)),
      );
      child.once('close', (code) =>
        code === 0 ? resolve() : reject(explain("PostgreSQL's initdb", log, port, home.data)),
      );
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  rmSync(home.data, { recursive: true, force: true });
  renameSync(unfinished, home.data);
}
