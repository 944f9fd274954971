import { freePort, Guardian, startKafka, startRedis, stopChild, type RunningServer } from '@cairn/backing';
import { eventually } from '@cairn/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectBroker } from '../broker/connect-broker.ts';

/* For tests alone: a real broker and real processes, each of which is killed in the middle of its work. */
const PROGRAM = fileURLToPath(new URL('../../test/fact-process.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../../testing/src/typescript.mjs', import.meta.url));
const PATIENCE_MS = 60_000;
const TOPIC = 'facts';

let folder: string;
let guardian: Guardian;
let server: RunningServer;
let children: ChildProcess[] = [];
let accepted: Set<number>;
let logged: string;
let begin: () => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cairn-facts-'));
  guardian = new Guardian();
  [accepted, logged] = [new Set(), ''];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  await stopChild(server.process, 'SIGKILL', 5_000);
  guardian.dismiss();
  await rm(folder, { recursive: true, force: true });
}, PATIENCE_MS);

async function start(kind: 'redis' | 'kafka') {
  const port = await freePort();
  const starter = kind === 'redis' ? startRedis : startKafka;
  begin = async () => {
    server = await starter({
      folder: path.join(folder, kind),
      port,
      onSpawn: (child, signal) => guardian.watch(child, signal),
    });
  };
  await begin();
}

function facts(kind: string, first: number): ChildProcess {
  const url = kind === 'redis' ? server.url : server.url.replace(/^\w+:\/\//, '');
  const args = [
    '--conditions=@cairn/source',
    '--no-warnings',
    '--import',
    TYPESCRIPT,
    PROGRAM,
    kind,
    url,
    path.join(folder, 'spool'),
    TOPIC,
    String(first),
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  guardian.watch(child, 'SIGKILL');
  children.push(child);
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) accepted.add(Number(line.split(' ')[1]));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (logged += text));
  return child;
}
const more = async (count = 100) => {
  const { size } = accepted;
  await eventually(() => expect(accepted.size).toBeGreaterThan(size + count), PATIENCE_MS);
};
const kill = async (child: ChildProcess, signal: NodeJS.Signals) => {
  const closed = once(child, 'close'); // when what it has said is read, too
  child.kill(signal);
  await closed;
};
const isSpooled = async () =>
  (await readdir(path.join(folder, 'spool'), { recursive: true })).some((name) => name.endsWith('.spool'));

/** Every accepted fact is with the broker. What comes twice comes with one id. */
async function everythingArrived(kind: 'redis' | 'kafka') {
  const broker = await connectBroker({ BROKER: kind, REDIS_URL: server.url, KAFKA_BROKERS: [server.url] }, 'reader');
  const ids = new Map<number, Set<string>>();
  await broker.listen(
    [TOPIC],
    ({ value }) => {
      const { id, data } = JSON.parse(value) as { id: string; data: { n: number } };
      ids.set(data.n, (ids.get(data.n) ?? new Set()).add(id));
    },
    { isFromOldest: true },
  );
  await eventually(() => expect([...accepted].filter((n) => !ids.has(n))).toEqual([]), PATIENCE_MS);
  for (const [n, each] of ids) expect([n, each.size]).toEqual([n, 1]);
  await broker.close();
}

/** On a real broker of its own. */
export function spoolSurvives(kind: 'redis' | 'kafka'): void {
  test('the broker is killed and comes back, the process is killed meanwhile: every accepted fact arrives, with one id', async () => {
    await start(kind);
    const first = facts(kind, 0);
    await more();
    await stopChild(server.process, 'SIGKILL', 5_000);
    await more(300);
    expect(await isSpooled()).toBe(true);
    await kill(first, 'SIGKILL');
    const second = facts(kind, 1_000_000);
    await more();
    await begin();
    await eventually(async () => expect(await isSpooled()).toBe(false), PATIENCE_MS);
    await more();
    await kill(second, 'SIGTERM');
    await everythingArrived(kind);
    expect(logged).toContain('all is well again');
  }, 180_000);

  test('the broker is frozen: nobody waits, and what it had taken when it wakes is there with the same id', async () => {
    await start(kind);
    const child = facts(kind, 0);
    await more();
    server.process.kill('SIGSTOP');
    await more(500);
    server.process.kill('SIGCONT');
    await eventually(async () => expect(await isSpooled()).toBe(false), PATIENCE_MS);
    await more();
    await kill(child, 'SIGTERM');
    await everythingArrived(kind);
  }, 180_000);
}
