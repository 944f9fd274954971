import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Problem } from './problem.ts';

/** The path of a Redis or Valkey server. @throws Problem with the line to type when there is none. */
export async function findRedis(onProgress?: (sentence: string) => void): Promise<string> {
  const found = onPath('redis-server') ?? onPath('valkey-server');
  if (found) return found;
  const aptAsRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!aptAsRoot) throw new Problem(`There is no Redis on this machine: ${whatToType()}`);
  onProgress?.('There is no Redis here: apt-get installs redis-server');
  await installByApt();
  return onPath('redis-server') ?? '/usr/bin/redis-server';
}

function whatToType(): string {
  const orUrl = ', or set REDIS_URL.';
  if (process.platform === 'win32') return 'set REDIS_URL, or run this project in WSL.';
  if (process.platform === 'darwin') return `type \`brew install redis\`${orUrl}`;
  if (existsSync('/usr/bin/dnf')) return `type \`sudo dnf install -y valkey\`${orUrl}`;
  if (existsSync('/usr/bin/apt-get')) return `type \`sudo apt-get install -y redis-server\`${orUrl}`;
  return `install redis-server or valkey-server by your package manager${orUrl}`;
}

async function installByApt(): Promise<void> {
  const apt = (...args: string[]) =>
    promisify(execFile)('apt-get', ['-qq', ...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  try {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', 'redis-server');
  } catch (error) {
    const reason = String((error as { stderr?: string }).stderr ?? error)
      .trim()
      .split('\n')
      .at(-1);
    throw new Problem(
      `There is no Redis on this machine and apt-get could not install redis-server (${reason}): install it, or set REDIS_URL.`,
    );
  }
}

const onPath = (name: string) =>
  (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find(isExecutable);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
