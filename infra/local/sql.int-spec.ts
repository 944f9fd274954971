import { createTestDatabase, type TestDatabase } from '@cairn/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { noteDatabases } from './instances.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'cairn-sql-'));
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

function sql(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(import.meta.dirname, 'sql.ts'), ...args], {
    env: { ...process.env, CAIRN_DATA: folder },
    encoding: 'utf8',
  });
  return { status, said: `${stdout}${stderr}`.trim() };
}

test('asks the database of a service that runs, and no other', () => {
  expect(sql('blog', 'SELECT 1')).toEqual({ status: 1, said: 'Nothing runs here: `npm start` first.' });
  const forget = noteDatabases(folder, new Map([['blog', database]]));
  expect(sql('shop', 'SELECT 1')).toEqual({ status: 1, said: 'Say whose database: blog, not "shop".' });
  expect(sql('blog').said).toContain('Say what to ask');
  // One connection: what the first statement sets holds for the next. Several in a text are several answers.
  expect(sql('blog', 'SET enable_seqscan = off', 'SHOW enable_seqscan; SELECT 1 AS a, NULL AS a')).toEqual({
    status: 0,
    said: ['SET', 'enable_seqscan', '--------------', 'off', '(1 row)', 'a | a', '--+--', '1 |', '(1 row)'].join('\n'),
  });
  // As the role that reads and writes rows; what comes after a refusal is not run.
  const refused = sql('blog', 'CREATE TABLE mine (id int)', 'SELECT 1');
  expect(refused).toEqual({ status: 1, said: 'blog: permission denied for schema public.' });
  forget();
  expect(sql('blog', 'SELECT 1').said).toContain('Nothing runs here');
});
