import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freePort, hasEnded, Problem } from '@cairn/backing';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { claim } from './one-at-a-time.ts';
import type { Processes } from './processes.ts';
import { startServiceProcess } from './service-process.ts';
import { Supervised } from './supervised.ts';
import type { Terminal } from './terminal.ts';
import { workspace } from './workspace.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'cairn-supervised-'));
const spawned: ChildProcess[] = [];
const idle = (...args: string[]) => {
  const child = spawn(process.execPath, args.length ? args : ['-e', 'setInterval(() => {}, 1000)']);
  spawned.push(child);
  return child;
};
const running = () => spawned.filter((child) => !hasEnded(child));
const until = async (condition: () => boolean) => {
  for (const end = Date.now() + 15_000; !condition(); await delay(10))
    if (Date.now() > end) throw new Error(`never came true: ${condition}`);
};
/** Of one test, so that what it has left is not started again once it is over. */
let processes: Processes;
let isOver: { stopping: boolean };
beforeEach(() => {
  isOver = { stopping: false };
  processes = Object.assign(isOver, {
    add: (_name: string, child: ChildProcess) => spawned.push(child),
  }) as unknown as Processes;
});
/** It keeps what is said, without the time that it took. */
const terminalOf = (said: string[]) =>
  ({
    say: (text: string) => said.push(text),
    complain: () => undefined,
    step: async (name: string, work: () => Promise<void>) => (await work(), said.push(name)),
  }) as unknown as Terminal;
const HANGS = 'setInterval(() => {}, 1000);';
/** Degraded at first: it says how often it was asked. */
const SERVES = `let asked = 0;
  require('node:http').createServer((_, answer) => answer.end(JSON.stringify({ status: ++asked < 4 ? 'degraded' : 'ok', asked })))
    .listen(process.env.PORT, '127.0.0.1', () => console.log('"msg":"listening"'));`;
/** The code of the service that `serviceOn` describes. */
const runs = (code: string) => {
  mkdirSync(path.join(folder, 'dist'), { recursive: true });
  writeFileSync(path.join(folder, 'dist/main.js'), code);
};
const serviceOn = (port: number) => ({
  name: path.relative(path.join(workspace, 'apps'), folder),
  environment: { ...process.env, PORT: String(port) },
  processes,
  logFile: path.join(folder, 'log'),
});
afterEach(() => {
  isOver.stopping = true;
  for (const child of running()) child.kill('SIGKILL');
  spawned.length = 0;
});

test('a restart while a start is under way leaves one process, and nothing that goes on trying', async () => {
  const said: string[] = [];
  const waiting: PromiseWithResolvers<void>[] = [];
  let broken = false;
  /** As a service: ready when the test lets it, and only if it has its port, which one process can have, to itself. */
  const begin = async () => {
    const hold = Promise.withResolvers<void>();
    waiting.push(hold);
    await hold.promise;
    if (broken) throw new Problem('It could not start.');
    if (running().length) throw new Problem('Port 3002 is in use.');
    return { process: idle() };
  };
  const ready = async (nth: number) => {
    await until(() => waiting.length === nth);
    waiting[nth - 1]!.resolve();
  };
  const service = new Supervised('blog', begin, processes, terminalOf(said));
  await Promise.all([service.start(), ready(1)]);
  running()[0]!.kill('SIGKILL');
  await until(() => waiting.length === 2); // it is tried again
  const restarted = service.restart();
  waiting[1]!.resolve();
  await Promise.all([restarted, ready(3)]);
  expect(running()).toHaveLength(1);
  broken = true; // saved with a mistake: that waits for the next change
  await Promise.all([expect(service.restart()).rejects.toThrow('It could not start.'), ready(4)]);
  broken = false;
  await Promise.all([service.restart(), ready(5)]);
  expect(running()).toHaveLength(1);
  expect(said).toEqual(['blog died (SIGKILL); blog starts again in 0.25 s', 'blog restarted', 'blog restarted']);
  running()[0]!.kill('SIGKILL');
  await ready(6); // it is the one that is watched
  await until(() => said.includes('blog is ready again'));
});

describeService('that is not ready in time is stopped', async (options) => {
  await expect(startServiceProcess({ ...options, readyWithinMs: 300 })).rejects.toThrow('was not ready within 0.3 s');
});

describeService('whose start is given up is stopped', async (options) => {
  const givenUp = new AbortController();
  const start = startServiceProcess({ ...options, givenUp: givenUp.signal });
  await until(() => running().length === 1);
  givenUp.abort();
  await expect(start).rejects.toThrow('again');
});

function describeService(
  what: string,
  body: (options: Parameters<typeof startServiceProcess>[0]) => Promise<void>,
): void {
  test(`a service ${what}`, async () => {
    runs(HANGS);
    await body(serviceOn(1));
    expect([spawned.length, running().length]).toEqual([1, 0]);
  });
}

test('a service that lacks something is given a moment to find it', async () => {
  const port = await freePort();
  runs(SERVES);
  await startServiceProcess(serviceOn(port));
  expect(await (await fetch(`http://127.0.0.1:${port}`)).json()).toEqual({ status: 'ok', asked: 5 });
});

test('a service that is killed while it restarts has died; one that ends by itself waits for other code', async () => {
  const said: string[] = [];
  const options = serviceOn(await freePort());
  const begin = (givenUp: AbortSignal) => startServiceProcess({ ...options, givenUp });
  const service = new Supervised('blog', begin, processes, terminalOf(said));
  runs(SERVES);
  await service.start();
  runs('process.exit(1);'); // saved with a mistake
  await expect(service.restart()).rejects.toThrow('could not start: it said nothing');
  runs(HANGS);
  const restart = service.restart();
  await until(() => running().length === 1);
  runs(SERVES);
  running()[0]!.kill('SIGKILL');
  await restart;
  await until(() => said.includes('blog is ready again'));
  expect(said).toEqual([
    `${options.name} could not start: it was ended by SIGKILL; blog starts again in 0.25 s`,
    'blog is ready again',
  ]);
});

test('of two runners that wait for the same guardian one claims the folder', async () => {
  const file = path.join(folder, 'runner.json');
  const guardian = idle(); // of a runner that was killed
  writeFileSync(file, JSON.stringify({ runner: 2 ** 30, guardian: guardian.pid }));
  const script = `import { claim } from ${JSON.stringify(path.join(import.meta.dirname, 'one-at-a-time.ts'))};
    console.log('waiting');
    console.log(await claim(${JSON.stringify(file)}, undefined).then(() => 'claimed', () => 'refused'));
    setInterval(() => {}, 1000);`;
  const outputs = [0, 1].map(() => {
    const lines: string[] = [];
    idle('--input-type=module', '-e', script).stdout!.on('data', (text: Buffer) => lines.push(...`${text}`.trim().split('\n'))); // prettier-ignore
    return lines;
  });
  await until(() => outputs.every((lines) => lines.includes('waiting')));
  guardian.kill('SIGKILL');
  await until(() => outputs.every((lines) => lines.length === 2));
  expect(outputs.map(([, outcome]) => outcome).sort()).toEqual(['claimed', 'refused']);
}, 30_000);

test('a folder that somebody else has claimed since is not released', async () => {
  const file = path.join(folder, 'other.json');
  const release = await claim(file, undefined);
  writeFileSync(file, JSON.stringify({ runner: process.ppid }));
  release();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ runner: process.ppid });
  rmSync(file);
  (await claim(file, undefined))();
  await expect(claim(file, undefined)).resolves.toBeInstanceOf(Function);
  rmSync(folder, { recursive: true });
});
