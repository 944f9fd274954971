import { describe, expect, test } from '@jest/globals';
import { InvalidInput } from '@cairn/http';
import fc from 'fast-check';
import { toImportedPost } from './markdown-file.mapper.ts';

const read = (content: string, path = 'notes/on-cairns.md') => toImportedPost({ path, content });
const refusal = (content: string) => {
  try {
    read(content);
  } catch (error) {
    if (error instanceof InvalidInput) return error.errors;
    throw error;
  }
  throw new Error('It was not refused');
};

test('every key that counts; others are ignored', () => {
  const file = `---
title: On 1.10
description: About stones.
tags: [Stones, machine learning, 2026]
image: https://example.com/a.png
date: 2026-01-31
draft: true
layout: post
---
Body.`;
  expect(read(file)).toEqual({
    content: {
      title: 'On 1.10',
      body: 'Body.',
      excerpt: 'About stones.',
      coverImageUrl: 'https://example.com/a.png',
      tags: ['stones', 'machine-learning', '2026'],
    },
    draft: true,
    date: new Date('2026-01-31T00:00:00Z'),
  });
});

describe('the title', () => {
  test.each([
    ['of the front matter', '---\ntitle: Given\n---\n# Heading\n\nBody', 'Given', '# Heading\n\nBody'],
    ['of the first heading, which is not repeated', '# A *heading* &amp; more\n\nBody', 'A heading & more', 'Body'],
    ['of both', '---\ntitle: Same\n---\n\n# Same\n\nBody', 'Same', 'Body'],
    ['underlined', 'Before\n\nTwo\nlines\n=====\n\n    code', 'Two lines', 'Before\n\n\n    code'],
    ['not in a quote or in code', '> # Quoted\n\n```\n# code\n```', 'On cairns', '> # Quoted\n\n```\n# code\n```'],
    ['of the file', '---\ntitle:\ndescription: ~\n---\nBody', 'On cairns', 'Body'],
  ])('%s', (_, file, title, body) => {
    expect(read(file).content).toMatchObject({ title, body, excerpt: null });
  });
});

test('a byte order mark and the line ends of Windows change nothing', () => {
  expect(read('\uFEFF---\r\ntitle: T\r\n---\r\n# H\r\n\r\nB\r\n')).toEqual(read('---\ntitle: T\n---\n# H\n\nB'));
});

test('tags may be one line', () => expect(read('---\ntags: a, b,\n---\nB').content.tags).toEqual(['a', 'b']));

test('a rule at the beginning is not front matter', () => expect(read('---\n\nB').content.body).toBe('---\n\nB'));

test.each([
  ['an alias', '---\na: &a [x]\nb: [*a, *a]\n---\nB', ['frontMatter']],
  ['a bomb', `---\n${'['.repeat(9_000)}\n---\nB`, ['frontMatter']],
  ['a key given twice', '---\ntitle: a\ntitle: b\n---\nB', ['frontMatter']],
  ['a list', '---\n- a\n---\nB', ['frontMatter']],
  ['prose', '---\nprose\n---\nB', ['frontMatter']],
  ['too much of it', `---\na: ${'x'.repeat(10_000)}\n---\nB`, ['frontMatter']],
  ['a line of a megabyte', 'x'.repeat(1_000_000), ['file']],
  ['a body over the limit', 'x'.repeat(100_001), ['body']],
  ['no body', '# Only a title\n', ['body']],
  ['nothing', '', ['body']],
  ['NUL', '---\ntitle: A\u0000b\n---\nC\u0000', ['title', 'body']],
  ['half a character', '# A\n\nC\ud800', ['body']],
  ['a wrong tag', '---\ntags: [fine, c++, {a: b}]\n---\nB', ['tags.1', 'tags.2']],
  [
    'wrong kinds',
    '---\ntitle: [a]\ndraft: maybe\ndate: tomorrow\nimage: javascript:x\n---\nB',
    ['title', 'image', 'date', 'draft'],
  ],
  ['a year that is none', '---\ndate: 9999-12-31T23:59:59-23:00\n---\nB', ['date']],
])('%s is refused by name', (_, file, paths) => {
  expect(refusal(file).map(({ path }) => path)).toEqual(paths);
});

test('a mistake in the front matter is told with its place, in one line', () => {
  expect(refusal('---\na: b\nc: [d\n---\nB')[0]!.message).toMatch(/^Flow sequence .* \(line 3\)$/);
});

test('whatever comes is either a post or refused by name', () => {
  const parts = [
    '---',
    '\n',
    '\r',
    '\uFEFF',
    'title',
    ': ',
    '- ',
    '# ',
    '&a ',
    '*a',
    '!!js ',
    '[',
    '{',
    '"',
    '\u0000',
    '|\n',
    '> ',
    'date: 2026-01-01',
    '\t',
    '```',
    '=',
    '\ud800',
    '..',
    '<<: ',
    '%',
    '@',
  ];
  const piece = fc.oneof(fc.constantFrom(...parts), fc.string({ unit: 'binary', maxLength: 8 }));
  const files = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(
      fc.oneof(
        files,
        files.map((text) => `---\n${text}\n---\n${text}`),
      ),
      (content) => {
        try {
          const { content: post } = read(content);
          expect(post.title.length).toBeGreaterThan(0);
          expect(post.body.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof InvalidInput)) throw error;
          expect(error.errors.length).toBeGreaterThan(0);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
