import { Problem } from '@cairn/backing';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

interface Holder {
  readonly runner: number;
  readonly guardian: number | undefined;
}

/** Longer than the guardian of a killed runner takes to end what is left. */
const GUARDIAN_MS = 6_000;

/** Two runners on one data folder would write into the same files. @throws Problem while another one runs */
export async function claim(file: string, guardian: number | undefined): Promise<() => void> {
  const holder = read(file);
  if (holder && isAlive(holder.runner))
    throw new Problem(
      `This clone runs already (process ${holder.runner}): stop that first; if it is something else, remove ${file}.`,
    );
  for (const deadline = Date.now() + GUARDIAN_MS; isAlive(holder?.guardian) && Date.now() < deadline;) await delay(50);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ runner: process.pid, guardian } satisfies Holder));
  return () => rmSync(file, { force: true });
}

function read(file: string): Holder | undefined {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Holder) : undefined;
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
