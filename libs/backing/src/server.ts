import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { PortInUse, Problem } from './problem.ts';

export interface ServerOptions {
  /** Where the data live; made when it is not there. */
  readonly folder: string;
  readonly port: number;
  /** Without one, whoever can reach the port may come in: for the servers of tests only. */
  readonly password?: string;
  /** `false` for throw-away data: nothing is forced to the disk. */
  readonly durable?: boolean;
  /** Called as soon as there is a process to look after, before it is ready. */
  readonly onSpawn?: (child: ChildProcess, stopSignal: NodeJS.Signals) => void;
  /** Receives what the server logs. */
  readonly onLog?: (text: string) => void;
  /** Receives a sentence when something takes longer than a start usually does. */
  readonly onProgress?: (sentence: string) => void;
}

export interface RunningServer {
  readonly process: ChildProcess;
  readonly url: string;
  /** The signal that makes it stop in order. */
  readonly stopSignal: NodeJS.Signals;
}

/** Off the terminal's process group, so that Ctrl-C reaches the runner alone, which then stops things in order. Windows has no such groups. */
export const ownGroup = { detached: process.platform !== 'win32', windowsHide: true } as const;

/**
 * Resolves when the child itself says that it accepts connections (a connection would prove nothing: another server may hold the port).
 * @throws Problem when it ends before that
 */
export function saysReady(child: ChildProcess, program: string, { port, folder, onLog }: ServerOptions): Promise<void> {
  let log = '';
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        onLog?.(text);
        log = (log + text).slice(-4000);
        if (/ready to accept connections|Kafka Server started/i.test(log)) resolve();
      });
    }
    child.once('error', (error) => reject(new Problem(`${program} could not be started: ${error.message}.`)));
    // `close`, not `exit`: its last words are in by then.
    child.once('close', () => reject(explain(program, log, port, folder)));
  });
}

/** What a server said last, as a sentence that says how to mend it. */
export function explain(program: string, log: string, port: number, folder: string): Problem {
  if (/address already in use/i.test(log)) return new PortInUse(port, program);
  if (/no space left on device/i.test(log))
    return new Problem(`${program} did not start because the disk is full: make room where ${folder} is.`);
  if (/permission denied/i.test(log))
    return new Problem(`${program} did not start because its user may not read and write ${folder}.`);
  if (/lock file "postmaster.pid" already exists|Failed to acquire lock on file/.test(log))
    return new Problem(`Another ${program} runs on ${folder}: stop it first.`);
  const last = log.trim().split('\n').at(-1)?.replace(/\.$/, '');
  return new Problem(`${program} did not start: ${last || 'it said nothing'}.`);
}

/** A folder that only its owner may enter, in one that keeps the mode it would have anyway. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(path.dirname(folder), { recursive: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

export const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** Asks a child to end and resolves when it has; ends it by force, with what it started, after `graceMs`. */
export function stopChild(child: ChildProcess, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => killGroup(child.pid!), graceMs);
    child.once('exit', () => (clearTimeout(force), resolve()));
    child.kill(signal);
  });
}

/** Ends a process that was started in a group of its own, and what it started in turn. */
export function killGroup(pid: number): void {
  for (const target of process.platform === 'win32' ? [pid] : [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

export const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
