import { freePort, Guardian, startRedis, stopChild, type RunningServer } from '@cairn/backing';
import {
  createTestDatabase,
  eventually,
  markRevocationsComplete,
  startService,
  type TestDatabase,
} from '@cairn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { links } from '../src/app.module.ts';
import { insertLinks } from '../src/links/link.factory.ts';

/* A Redis of its own, which is broker and cache, and is killed. */

const folder = mkdtempSync(path.join(tmpdir(), 'cairn-links-'));
const guardian = new Guardian();
let database: TestDatabase;
let redis: RunningServer;
let port: number;
const start = () =>
  startRedis({ folder: path.join(folder, 'redis'), port, onSpawn: (child, signal) => guardian.watch(child, signal) });

beforeAll(async () => {
  port = await freePort();
  [database, redis] = await Promise.all([createTestDatabase(), start()]);
  await markRevocationsComplete({ ...redis, drop: async () => undefined });
});
afterAll(async () => {
  await stopChild(redis.process, 'SIGKILL', 5_000);
  guardian.dismiss();
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

test('while Redis is dead visits go on, limits hold, and what was answered is counted when it is back, also by another process', async () => {
  const variables = {
    ...{ DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl, REDIS_URL: redis.url },
    ...{ SPOOL_DIRECTORY: path.join(folder, 'spool'), CACHE_PATIENCE_MS: '500', CACHE_ALONE_MS: '600000' },
  };
  await links.migrate(variables);
  let service = await startService(links, variables);
  const sql = (text: string, values: unknown[] = []) => service.app.get(DataSource).query(text, values);
  const [warm, cold, few] = await insertLinks(sql, { code: 'warm' }, { code: 'cold' }, { code: 'few', maxVisits: 5 });
  const answered = { warm: 0, cold: 0, few: 0 };
  const visit = async (code: keyof typeof answered) => {
    const { status } = await service.get(`/s/${code}`, { headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' } }); // prettier-ignore
    if (status === 302) answered[code]++;
    return status;
  };
  let isLoading = true;
  const load = async () => {
    while (isLoading) {
      expect(await visit('warm')).toBe(302); // never stops, before, while and after
      await sleep(5);
    }
  };
  await visit('warm');
  const loads = [load(), load(), load()];

  await stopChild(redis.process, 'SIGKILL', 5_000);
  expect(await visit('cold')).toBe(302);
  const statuses = await Promise.all(Array.from({ length: 30 }, () => visit('few')));
  expect(statuses.filter((status) => status === 302)).toHaveLength(5);
  redis = await start();
  await sleep(200);
  isLoading = false;
  await Promise.all(loads);

  await stopChild(redis.process, 'SIGKILL', 5_000);
  for (let n = 0; n < 20; n++) expect(await visit('cold')).toBe(302);
  await service.stop(); // with what it has only on disk
  redis = await start();
  await markRevocationsComplete({ ...redis, drop: async () => undefined });
  service = await startService(links, variables);
  const countOf = async (id: string | undefined) =>
    Number((await sql('SELECT visits + bots + previews AS n FROM link_counters WHERE link_id = $1', [id]))[0]?.n ?? 0);
  await eventually(async () => expect({ warm: await countOf(warm), cold: await countOf(cold), few: await countOf(few) }).toEqual(answered), 20_000); // prettier-ignore
  await service.stop();
}, 60_000);
