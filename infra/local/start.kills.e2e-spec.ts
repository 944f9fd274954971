import { afterAll, afterEach, expect, jest, test } from '@jest/globals';
import { killGroup, removePostgresData } from '@cairn/backing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { planOf, portsOf } from './plan.ts';
import { assertPortsFree } from './ports.ts';

jest.setTimeout(60_000);
const workspace = path.resolve(import.meta.dirname, '../..');
const data = mkdtempSync(path.join(tmpdir(), 'cairn-runner-'));
const started: ChildProcess[] = [];

/** Also what a failed test has left: its pipes would keep Jest from ending. */
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const pid of alive()) killGroup(pid);
  await within(6_000, () => alive().length === 0);
});
afterAll(() => {
  removePostgresData(path.join(data, 'postgres'));
  rmSync(data, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
}

/** Below the ports that connections take, so that the range stays free while the runner starts. */
async function portBase(): Promise<number> {
  const base = 10_000 + Math.floor(Math.random() * 15_000);
  const free = await assertPortsFree(portsOf(planOf([], { identity: 2 }), base, ['postgres', 'redis'])).then(
    () => true,
    () => false,
  );
  return free ? base : portBase();
}

function start(base: number, args: string[] = [], launcher = [path.join(workspace, 'infra/local/start.ts')]): Run {
  const env: NodeJS.ProcessEnv = { ...process.env, CAIRN_DATA: data, npm_lifecycle_event: 'test' };
  for (const name of ['DATABASE_URL', 'REDIS_URL', 'NODE_OPTIONS']) delete env[name];
  const command = [...launcher, 'identity', '--empty', '--port-base', String(base), ...args];
  const child = spawn(process.execPath, command, { cwd: workspace, env });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

async function within(milliseconds: number, condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + milliseconds; !condition(); await delay(50))
    if (Date.now() > deadline) throw new Error(`It did not come true within ${milliseconds} ms`);
}

async function eventually(assertion: () => Promise<void>, milliseconds = 5_000): Promise<void> {
  for (const deadline = Date.now() + milliseconds; ; await delay(20)) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

const ready = async ({ output, child }: Run) => {
  await within(40_000, () => output().includes('Ready after') || child.exitCode !== null);
  expect(output()).toContain('Ready after');
};

/** Processes that work for this test's data folder, by its name in their environment or arguments. */
function alive(pattern = data): number[] {
  const about = (pid: string) => {
    try {
      return ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8')).join('\n');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && about(pid).includes(data) && about(pid).includes(pattern))
    .map(Number);
}

test('a service that dies is named and started again; a killed runner leaves nothing behind', async () => {
  const run = start(await portBase());
  await ready(run);
  const service = Number(readFileSync(path.join(data, 'pids/identity'), 'utf8'));
  expect(alive('apps/identity/dist/main.js')).toEqual([service]);
  process.kill(service, 'SIGKILL');
  await within(15_000, () => run.output().includes('identity is ready again'));
  expect(run.output()).toContain('identity died (SIGKILL); identity starts again in 0.25 s');

  run.child.kill('SIGKILL');
  await within(5_000, () => alive().length === 0);
});

test('of two instances one drains and is started again while the other serves; both stop in time', async () => {
  const base = await portBase();
  const run = start(base, ['--scale', 'identity=2']);
  await ready(run);
  const pids = () =>
    ['identity', 'identity-2'].map((name) => Number(readFileSync(path.join(data, 'pids', name), 'utf8')));
  const [first, second] = pids();
  expect(alive('apps/identity/dist/main.js').sort()).toEqual([first, second].sort());
  const health = (port: number, what: string) => fetch(`http://127.0.0.1:${port}/health/${what}`);

  process.kill(second!, 'SIGTERM');
  await eventually(async () => expect((await health(base + 101, 'ready')).status).toBe(503));
  const draining = await health(base + 101, 'live');
  expect([draining.status, draining.headers.get('connection')]).toEqual([200, 'close']);
  await within(15_000, () => run.output().includes('identity-2 is ready again'));
  expect(run.output()).toContain('identity-2 has stopped; identity-2 starts again in 0.25 s');
  expect(run.output()).not.toContain('identity died');
  expect(pids()[0]).toBe(first);
  expect(pids()[1]).not.toBe(second);
  expect((await health(base + 101, 'ready')).status).toBe(200);

  run.child.kill('SIGTERM');
  await within(10_000, () => alive().length === 0);
  const log = (name: string) => readFileSync(path.join(data, 'logs', `${name}.log`), 'utf8');
  for (const name of ['identity', 'identity-2'])
    expect(log(name).trim().split('\n').at(-1)).toContain('"msg":"stopped"');
});

test('the runner goes, in order, with the npm that started it', async () => {
  const npm = path.join(data, 'npm.mjs');
  writeFileSync(
    npm,
    `import { spawn } from 'node:child_process'; spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit' });`,
  );
  const run = start(await portBase(), [], [npm, path.join(workspace, 'infra/local/start.ts')]);
  await ready(run);
  run.child.kill('SIGKILL');
  await within(5_000, () => alive().length === 0);
});

test('a port in use is one sentence, exit code 1, and nothing is left', async () => {
  const base = await portBase();
  const server = createServer().listen(base + 1, '127.0.0.1');
  await once(server, 'listening');
  const run = start(base);
  const [code] = (await once(run.child, 'close')) as [number];
  server.close();
  expect(code).toBe(1);
  expect(run.output().trim()).toBe(
    `Port ${base + 1} (identity) is in use: stop what uses it, or move every port, as in \`npm start -- --port-base 4000\`.`,
  );
  await within(2_000, () => alive().length === 0);
});

test('a service that refuses its environment ends the start with its own words', async () => {
  process.env.KEY_ENCRYPTION_SECRET = 'short';
  const run = start(await portBase());
  delete process.env.KEY_ENCRYPTION_SECRET;
  const [code] = (await once(run.child, 'close')) as [number];
  expect(code).toBe(1);
  expect(run.output()).toMatch(/identity could not \w+: .*KEY_ENCRYPTION_SECRET/);
  expect(run.output()).not.toMatch(/^\s+at /m);
  await within(2_000, () => alive().length === 0);
});
