import { afterEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const folder = mkdtempSync(path.join(tmpdir(), 'cairn-guardian-'));
let owner: ChildProcess | undefined;
afterEach(() => {
  owner?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Two children: one that ends when asked to, and one that does not. */
const program = `
  import { spawn } from 'node:child_process';
  import { Guardian, ownGroup } from ${JSON.stringify(path.join(import.meta.dirname, 'index.ts'))};
  const guardian = new Guardian();
  guardian.removeAfterwards(${JSON.stringify(path.join(folder, 'data'))});
  const start = (code) => {
    const child = spawn(process.execPath, ['-e', code + '; setInterval(() => {}, 1000); console.log(1)'], ownGroup);
    guardian.watch(child);
    return new Promise((resolve) => child.stdout.once('data', () => resolve(child.pid)));
  };
  const pids = await Promise.all([start(''), start("process.on('SIGTERM', () => {})")]);
  console.log(JSON.stringify(pids));
`;

test('what a killed process had started ends within 5 s, willing or not, and its folder goes', async () => {
  mkdirSync(path.join(folder, 'data'));
  owner = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(owner.stdout!, 'data')) as [Buffer];
  const pids = JSON.parse(line.toString()) as number[];
  expect(pids.map(isAlive)).toEqual([true, true]);
  owner.kill('SIGKILL');
  for (const deadline = Date.now() + 5_000; Date.now() < deadline && pids.some(isAlive);) await delay(50);
  expect(pids.map(isAlive)).toEqual([false, false]);
  for (const deadline = Date.now() + 2_000; Date.now() < deadline && existsSync(path.join(folder, 'data'));)
    await delay(50);
  expect(existsSync(path.join(folder, 'data'))).toBe(false);
});
