import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** The path of a program of that name, as a shell would find it. */
export const onPath = (name: string): string | undefined =>
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

/** Debian or alike, and we may install. */
export const canInstallByApt = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/** @throws Error whose message is apt-get's last words */
export async function installByApt(...packages: string[]): Promise<void> {
  const apt = (...args: string[]) =>
    promisify(execFile)('apt-get', ['-qq', ...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  try {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', ...packages);
  } catch (error) {
    throw new Error(lastLine((error as { stderr?: string }).stderr) ?? String(error));
  }
}

export const lastLine = (log = ''): string | undefined => log.trim().split('\n').at(-1) || undefined;
