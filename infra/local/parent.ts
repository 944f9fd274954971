import { readFileSync } from 'node:fs';

const POLL_MS = 250;

/**
 * Calls back when the npm that started us is gone: a signal that only npm gets ends npm and its shell, and nobody tells us.
 * The parent is npm, or a shell between npm and us. Windows reports no change of parent: there we ask whether it lives.
 */
export function onParentGone(callback: () => void): void {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const npm = shellParent(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(parent) && shellParent(parent) === npm) return;
    clearInterval(timer);
    callback();
  }, POLL_MS);
  timer.unref();
}

/**
 * The parent of a process, if that is a shell that waits for us. On Linux only; elsewhere we rely on what the usual shells do,
 * which is to replace themselves by the one command that they are given.
 */
function shellParent(pid: number): number | undefined {
  try {
    // proc_pid_stat(5): `pid (name) state ppid …`
    const [, name, ppid] = /^\d+ \((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))!;
    return /^(\w*sh|busybox)$/.test(name!) ? Number(ppid) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
