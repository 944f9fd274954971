import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { removePostgresData } from './postgres-home.ts';
import { killGroup } from './server.ts';

/** How long what it guards may take to stop in order before it is killed. */
const GRACE_MS = 2_500;

interface Message {
  readonly watch?: number;
  readonly stopSignal?: NodeJS.Signals;
  readonly forget?: number;
  readonly remove?: string;
}

const children = new Map<number, NodeJS.Signals>();
const folders = new Set<string>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

/** Signal 0 only asks whether the process is there. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function endAll() {
  for (const [pid, signal] of children) send(pid, signal);
  const deadline = Date.now() + GRACE_MS;
  while (Date.now() < deadline && [...children.keys()].some((pid) => send(pid, 0)))
    await new Promise((resolve) => setTimeout(resolve, 50));
  for (const pid of children.keys()) killGroup(pid);
  for (const folder of folders) {
    removePostgresData(folder);
    rmSync(folder, { recursive: true, force: true });
  }
  process.exit();
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { watch, stopSignal = 'SIGTERM', forget, remove } = JSON.parse(line) as Message;
    if (watch) children.set(watch, stopSignal);
    if (forget) children.delete(forget);
    if (remove) folders.add(remove);
  })
  .on('close', () => void endAll());
