import { afterAll, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readMarkdownFolder } from './markdown-folder.ts';

const root = mkdtempSync(path.join(tmpdir(), 'cairn-folder-'));
afterAll(() => rmSync(root, { recursive: true }));
const write = (name: string, content: string | Buffer) => {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), content);
};

test('every Markdown file, by its path from the folder; nothing through a link', () => {
  for (const name of [
    'in/b.md',
    'in/a/C.MD',
    'in/a.md',
    'in/a.txt',
    'in/.git/x.md',
    'in/node_modules/x.md',
    'out/x.md',
  ])
    write(name, '# Été');
  symlinkSync('../out', path.join(root, 'in/linked'), 'dir');
  symlinkSync('../out/x.md', path.join(root, 'in/linked.md'));
  const { files, failed } = readMarkdownFolder(path.join(root, 'in'));
  expect(files.map((file) => file.path)).toEqual(['a.md', 'a/C.MD', 'b.md']);
  expect(files[0]!.content).toBe('# Été');
  expect(failed).toEqual([]);
});

test('what cannot be sent is failed, by name, and the rest is read', () => {
  write('bad/a.md', Buffer.from([0xff, 0xfe]));
  write('bad/b.md', 'x'.repeat(1_048_577));
  write('bad/c\n.md', 'x');
  write('bad/d.md', 'x');
  const { files, failed } = readMarkdownFolder(path.join(root, 'bad'));
  expect(files.map((file) => file.path)).toEqual(['d.md']);
  expect(failed.map((report) => [report.path, report.errors?.[0]?.message])).toEqual([
    ['a.md', 'Not text in UTF-8'],
    ['b.md', 'Too big: at most 1 MiB'],
    ['c\n.md', 'The name is too long or no text'],
  ]);
});

test('a folder that is none, or has nothing to import, is a sentence', () => {
  write('empty/a.txt', '');
  expect(() => readMarkdownFolder(path.join(root, 'nowhere'))).toThrow(/nowhere is not a folder\.$/);
  expect(() => readMarkdownFolder(path.join(root, 'empty/a.txt'))).toThrow(/is not a folder\.$/);
  expect(() => readMarkdownFolder(path.join(root, 'empty'))).toThrow(/^There is no Markdown file/);
});
