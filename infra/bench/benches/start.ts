import { hasEnded, stopChild } from '@cairn/backing';
import { workspace } from '@cairn/local/workspace';
import { spawn } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Figures } from '../side.ts';

const READY_WITHIN_MS = 90_000;
/** After readiness: what starting has used is given back by then. */
const REST_MS = 5_000;

export const start: Bench = {
  name: 'start',
  question:
    '`npm start` on data that are there and code that is built, until it says that it is ready; and the memory of our Node processes five seconds later, without PostgreSQL and Redis, which share theirs.',
  async open(system) {
    const data = mkdtempSync(path.join(tmpdir(), 'cairn-bench-start-'));
    chmodSync(data, 0o755); // as root, PostgreSQL runs as another user
    system.afterwards(() => rmSync(data, { recursive: true, force: true }));
    const run = (seconds: number) => startAndStop(data, system.portBase, seconds);
    await run(0);
    return {
      sides: [{ name: 'npm start', isOurs: true, measure: run }],
      goals: [
        { what: 'start until ready', unit: 's', atMost: 15, value: (round) => round['npm start']!['ready s']! },
        {
          what: 'memory of the services',
          unit: 'MB',
          atMost: 1_024,
          value: (round) => round['npm start']!['services MB']!,
        },
        { what: 'with the runner and its guardian', unit: 'MB', value: (round) => round['npm start']!['all MB']! },
      ],
    };
  },
};

async function startAndStop(data: string, portBase: number, seconds: number): Promise<Figures> {
  const { PATH, HOME } = process.env;
  const since = performance.now();
  const runner = spawn(process.execPath, ['infra/local/start.ts', '--port-base', String(portBase)], {
    cwd: workspace,
    env: { PATH, HOME, CAIRN_DATA: data, npm_lifecycle_event: 'bench' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [runner.stdout, runner.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  try {
    while (!output.includes('Ready after')) {
      if (hasEnded(runner) || performance.now() - since > READY_WITHIN_MS) throw new Error(`It said:\n${output}`);
      await delay(10);
    }
    const ready = (performance.now() - since) / 1000;
    await delay(Math.min(REST_MS, seconds * 2_000));
    const services = globSync(path.join(data, 'pids/*')).map((file) => Number(readFileSync(file, 'utf8')));
    const node = services.filter((pid) => commandOf(pid).includes('node'));
    const all = [
      ...node,
      runner.pid!,
      ...childrenOf(runner.pid!).filter((pid) => !services.includes(pid) && commandOf(pid).includes('node')),
    ];
    return { 'ready s': ready, 'services MB': megabytes(node), 'all MB': megabytes(all) };
  } finally {
    await stopChild(runner, 'SIGTERM', 15_000);
  }
}

/** Linux only; elsewhere the memory is not told. */
const about = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};
const commandOf = (pid: number) => path.basename(about(pid, 'cmdline').split('\0')[0]!);
const childrenOf = (pid: number) => about(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
const megabytes = (pids: readonly number[]) =>
  pids.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(about(pid, 'status'))?.[1] ?? NaN), 0) / 1024;
