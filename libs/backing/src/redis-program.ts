import { existsSync } from 'node:fs';
import { canInstallByApt, installByApt, onPath } from './installed.ts';
import { Problem } from './problem.ts';

/** The path of a Redis or Valkey server. @throws Problem with the line to type when there is none. */
export async function findRedis(onProgress?: (sentence: string) => void): Promise<string> {
  const found = onPath('redis-server') ?? onPath('valkey-server');
  if (found) return found;
  if (!canInstallByApt()) throw new Problem(`There is no Redis on this machine: ${whatToType()}`);
  onProgress?.('There is no Redis here: apt-get installs redis-server');
  await installByApt('redis-server').catch((error: Error) => {
    throw new Problem(
      `There is no Redis on this machine and apt-get could not install redis-server (${error.message}): install it, or set REDIS_URL.`,
    );
  });
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
