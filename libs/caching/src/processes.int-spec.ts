import { createTestRedis, eventually, type TestRedis } from '@cairn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Task } from '../test/reader-process.ts';
import { aNamespace } from '../test/caches.ts';

/* Real processes on one Redis. */

const folder = path.join(import.meta.dirname, '../test');
const namespace = aNamespace();
const started: ChildProcess[] = [];
let database: TestRedis;
let redis: Redis;
let readers: Awaited<ReturnType<typeof reader>>[];

beforeAll(async () => {
  database = await createTestRedis();
  redis = new Redis(database.url);
  readers = await Promise.all([reader(), reader(), reader()]);
}, 120_000);
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  redis.disconnect();
  await database.drop();
});

/** A process that is connected and waits for its task. */
async function reader() {
  const child = fork(path.join(folder, 'reader-process.ts'), {
    execArgv: [
      '--no-warnings',
      '-C',
      '@cairn/source',
      '--import',
      path.join(import.meta.dirname, '../../testing/src/typescript.mjs'),
    ],
    env: { ...process.env, NODE_OPTIONS: '', REDIS_URL: database.url, NAMESPACE: namespace },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  started.push(child);
  await Promise.race([once(child, 'message'), once(child, 'exit').then(() => Promise.reject(new Error('ended')))]);
  return {
    kill: () => child.kill('SIGKILL'),
    async read(task: Task) {
      const answer = once(child, 'message');
      child.send(task);
      return (await answer)[0] as { values: string[]; waits: number };
    },
  };
}

test('500 readers in three processes on a cold key: one load', async () => {
  await redis.set('source:cold', 'the value');
  const answers = await Promise.all(
    [167, 167, 166].map((count, index) => readers[index]!.read({ key: 'cold', readers: count, loadMs: 200 })),
  );
  const values = answers.flatMap((answer) => answer.values);
  expect(values).toHaveLength(500);
  expect(new Set(values)).toEqual(new Set(['the value']));
  expect(await redis.get('loads:cold')).toBe('1');
});

test('a process that is killed while it loads holds up the others for no longer than its lease', async () => {
  const [killed, waiting] = readers;
  await redis.set('source:held', 'the value');
  void killed!.read({ key: 'held', readers: 1, loadMs: 3_600_000 });
  await eventually(async () => expect(await redis.get('loads:held')).toBe('1'));
  killed!.kill();
  const { waits: waitsBefore } = await waiting!.read({ key: 'cold', readers: 1, loadMs: 0 });
  const { values, waits } = await waiting!.read({ key: 'held', readers: 3, loadMs: 0 });
  expect(values).toEqual(['the value', 'the value', 'the value']);
  expect(waits).toBeGreaterThan(waitsBefore + 2); // not only for each other: for one that has gone
  expect(await redis.get('loads:held')).toBe('2');
});
