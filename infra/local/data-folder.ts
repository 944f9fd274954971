import { Problem } from '@cairn/backing';
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Folder by folder: Node's recursive mkdir never comes back from below `/proc`. Open to be entered, unlike what it will hold: as root,
 * PostgreSQL runs as another user, and its data are in it. @throws Problem when it cannot be made or written
 */
export function makeDataFolder(folder: string): void {
  try {
    const missing: string[] = [];
    for (let each = folder; !existsSync(each); each = path.dirname(each)) missing.unshift(each);
    for (const each of missing) make(each);
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Problem(
      `The data cannot be kept in ${folder} (${code}): set CAIRN_DATA to a folder that can be made or written to.`,
    );
  }
}

function make(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // somebody else has just made it
  }
}
