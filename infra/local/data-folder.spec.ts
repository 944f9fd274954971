import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeDataFolder } from './data-folder.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'cairn-data-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a data folder is made with the folders above it, and may be there already', () => {
  const deep = path.join(folder, 'a', 'b');
  makeDataFolder(deep);
  makeDataFolder(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
});

test.each([
  ['below a file', path.join(folder, 'file', 'below'), 'ENOTDIR'],
  ['that is a file', path.join(folder, 'file'), 'ENOTDIR'],
  ...(process.platform === 'linux' ? [['below /proc', '/proc/cairn/data', 'ENOENT']] : []),
])('one %s is refused in a sentence', (_what, wrong, code) => {
  writeFileSync(path.join(folder, 'file'), '');
  expect(() => makeDataFolder(wrong!)).toThrow(
    `The data cannot be kept in ${wrong} (${code}): set CAIRN_DATA to a folder that can be made or written to.`,
  );
});
