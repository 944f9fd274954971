import { describe, expect, test } from '@jest/globals';
import { parseImportOptions } from './import-options.ts';
import { lineOf, summaryOf } from './import-posts.ts';
import { batchesOf } from './markdown-folder.ts';

describe('options', () => {
  const parse = (line: string, env = {}) => parseImportOptions(line.split(' '), env);

  test('a folder is enough: a demo account of the system on this machine', () => {
    const expected = { folder: 'notes', api: 'http://127.0.0.1:3000', login: 'ada', password: 'cairn-demo-2026' };
    expect(parse('blog notes')).toEqual(expected);
    expect(parse('blog notes --as bob --api http://localhost:4000/')).toMatchObject({
      login: 'bob',
      api: 'http://localhost:4000',
    });
  });

  test('another account comes from the environment, and only it goes to another machine', () => {
    const env = { CAIRN_LOGIN: 'cleo', CAIRN_PASSWORD: 'secret' };
    const there = 'blog notes --api https://example.org';
    expect(parse(there, env)).toMatchObject({ login: 'cleo', password: 'secret', api: 'https://example.org' });
    expect(() => parse(there)).toThrow('Set CAIRN_LOGIN and CAIRN_PASSWORD: https://example.org has no demo account.');
  });

  test.each([
    ['blog', 'Say what to import'],
    ['notes', 'Say what to import'],
    ['blog a b', 'Say what to import'],
    ['blog a --password x', "Unknown option '--password'"],
    ['blog a --api example', '--api takes an address'],
    ['blog a --api file:///x', '--api takes an address'],
  ])('%s is refused in a sentence', (line, sentence) => {
    expect(() => parse(line)).toThrow(sentence);
  });

  test('help', () => expect(parse('--help')).toBeUndefined());
});

describe('batches', () => {
  const files = Array.from({ length: 250 }, (_, n) => ({ path: `${n}.md`, content: '"'.repeat(10) }));

  test('keep the order and both limits', () => {
    const batches = batchesOf(files, { files: 100, bytes: 1_000 });
    expect(batches.flat()).toEqual(files);
    expect(batches.length).toBeGreaterThan(3);
    for (const batch of batches) expect(JSON.stringify(batch).length).toBeLessThanOrEqual(1_001);
    expect(batchesOf(files).map((batch) => batch.length)).toEqual([100, 100, 50]);
  });

  test('what is larger than a batch goes by itself', () => {
    const large = { path: 'large.md', content: 'x'.repeat(2_000) };
    expect(batchesOf([files[0]!, large, files[1]!], { files: 100, bytes: 1_000 })).toHaveLength(3);
    expect(batchesOf([])).toEqual([]);
  });
});

test('a line per file says where the post is, or what is wrong', () => {
  const created = { path: 'a.md', result: 'created', slug: 'a' } as const;
  const failed = { path: 'b.md', result: 'failed', slug: 'b', errors: [{ path: 'tags.0', message: 'No' }] } as const;
  expect([created, failed].map(lineOf)).toEqual(['created    a.md → /api/v1/posts/a', 'failed     b.md: tags.0: No']);
  expect(summaryOf([created, failed, failed])).toBe('1 created, 0 updated, 0 unchanged, 2 failed');
});
