import { afterEach, expect, test } from '@jest/globals';
import { hasEnded, Problem } from '@cairn/backing';
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
const processes = { stopping: false, add: (_name: string, child: ChildProcess) => spawned.push(child) };
afterEach(() => {
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
  const terminal = { say: (text: string) => said.push(text), complain: () => undefined } as unknown as Terminal;
  const service = new Supervised('blog', begin, processes as unknown as Processes, terminal);
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
  expect(said).toEqual(['blog died (SIGKILL); blog starts again in 0.25 s']);
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
    const name = path.relative(path.join(workspace, 'apps'), folder);
    mkdirSync(path.join(folder, 'dist'), { recursive: true });
    writeFileSync(path.join(folder, 'dist/main.js'), 'setInterval(() => {}, 1000);');
    await body({
      name,
      environment: { ...process.env, PORT: '1' },
      processes: processes as unknown as Processes,
      logFile: path.join(folder, 'log'),
    });
    expect([spawned.length, running().length]).toEqual([1, 0]);
  });
}

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
