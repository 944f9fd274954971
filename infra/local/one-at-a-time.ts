import { Problem } from '@cairn/backing';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

interface Holder {
  readonly runner: number;
  readonly guardian: number | undefined;
}

/** Longer than the guardian of a killed runner takes to end what is left. */
const GUARDIAN_MS = 6_000;

/** What cannot be read may be about to be written. */
const WRITING_MS = 50;

/** Two runners on one data folder would write into the same files. @throws Problem while another one runs */
export async function claim(file: string, guardian: number | undefined): Promise<() => void> {
  const mine = JSON.stringify({ runner: process.pid, guardian } satisfies Holder);
  mkdirSync(path.dirname(file), { recursive: true });
  for (;;) {
    const found = textOf(file);
    const holder = holderIn(found);
    if (holder && isAlive(holder.runner))
      throw new Problem(
        `This clone runs already (process ${holder.runner}): stop that first; if it is something else, remove ${file}.`,
      );
    if (holder) await gone(holder.guardian);
    else if (found !== undefined) await delay(WRITING_MS);
    // Who else has waited for the same guardian may have been faster.
    if (found !== undefined && textOf(file) === found) rmSync(file, { force: true });
    if (createdAs(file, mine)) return () => textOf(file) === mine && rmSync(file, { force: true });
  }
}

async function gone(guardian: number | undefined): Promise<void> {
  for (const deadline = Date.now() + GUARDIAN_MS; isAlive(guardian) && Date.now() < deadline;) await delay(50);
}

function createdAs(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function holderIn(text = ''): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined; // cut short by a crash
  }
}

function isAlive(pid: number | undefined): boolean {
  if (!pid || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
