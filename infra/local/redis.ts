import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { readable, type StartOptions } from './postgres.ts';
import { Problem } from './problem.ts';

/** Starts a private Redis (or Valkey) from the PATH; installs one as root on Debian; else says what to type. */
export async function startRedis(options: StartOptions): Promise<{ process: ChildProcess; url: string }> {
  const binary = onPath('redis-server') ?? onPath('valkey-server') ?? install();
  mkdirSync(options.folder, { recursive: true });
  const server = spawn(
    binary,
    [
      '--port',
      String(options.port),
      '--bind',
      '127.0.0.1',
      '--dir',
      options.folder,
      '--save',
      '',
      '--appendonly',
      'yes',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  options.onSpawn?.(server);
  // Its own words, not a connection: another server may answer on the port.
  await new Promise<void>((resolve, reject) => {
    server.stdout?.on('data', (chunk: Buffer) => /ready to accept connections/i.test(chunk.toString()) && resolve());
    server.once('exit', () =>
      reject(
        new Problem(
          `Redis did not start on port ${options.port}: stop what uses it or choose other ports with --port-base.`,
        ),
      ),
    );
  });
  return { process: server, url: `redis://127.0.0.1:${options.port}` };
}

function install(): string {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    return onPath('redis-server') ?? '/usr/bin/redis-server';
  }
  const command =
    process.platform === 'darwin'
      ? 'brew install redis'
      : existsSync('/usr/bin/dnf')
        ? 'sudo dnf install -y valkey'
        : 'sudo apt-get install -y redis-server';
  throw new Problem(`There is no Redis on this machine: type \`${command}\`, or set REDIS_URL.`);
}

const onPath = (name: string) =>
  (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find(readable);
