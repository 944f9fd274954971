import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { anchorsOf, brokenLinks, linksOf } from './links.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'cairn-links-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('finds the links of a page, and not those in code', () => {
  const page = [
    '[a](a.md) ![b](<b.png> "title") [web](https://example.org) [mail](mailto:a@b.c)',
    '`[no](no.md)` and [here](#here)',
    '```',
    '[no](no.md)',
    '```',
    '[c]: ./c.ts#Thing',
  ];
  expect(linksOf(page.join('\n'))).toEqual(['a.md', 'b.png', '#here', './c.ts#Thing']);
});

test('makes anchors as GitHub does', () => {
  expect([...anchorsOf('# One `two`\n## What, how & why\n## One two\n<a id="x.y"></a>')]).toEqual([
    'x.y',
    'one-two',
    'what-how--why',
    'one-two-1',
  ]);
});

test('names each link that leads nowhere', () => {
  const page = path.join(folder, 'page.md');
  writeFileSync(path.join(folder, 'code.ts'), 'export class Post { publish() {} }');
  writeFileSync(
    page,
    '# Top\n[1](code.ts#Post) [2](code.ts#Post.publish) [3](#top) [4](code.ts#Pos) [5](#bottom) [6](gone.md)',
  );
  expect(brokenLinks(page).map((sentence) => sentence.replace(`${page}: `, ''))).toEqual([
    'code.ts#Pos: that file names no such thing',
    '#bottom: there is no such heading',
    'gone.md: there is no such file',
  ]);
});
