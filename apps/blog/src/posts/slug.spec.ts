import { expect, test } from '@jest/globals';
import { slugify } from './slug.ts';

test.each([
  ['Hello, World!', 'hello-world'],
  ['Crème brûlée', 'creme-brulee'],
  ['Straße nach Ærø', 'straße-nach-ærø'],
  ['Привет мир', 'привет-мир'],
  ['Ещё й', 'ещё-й'],
  ['日本語のタイトル', '日本語のタイトル'],
  ['हिन्दी में', 'हिन्दी-में'],
  ['مرحبا بالعالم', 'مرحبا-بالعالم'],
  ['C++ & C#: 10% off', 'c-c-10-off'],
  ['../../etc/passwd', 'etc-passwd'],
  ['🎉🎉', 'post'],
  ['!!!', 'post'],
])('the slug of %j is %j', (title, slug) => expect(slugify(title)).toBe(slug));

test('a long title is cut between characters and leaves no dash at the end', () => {
  expect(slugify('a '.repeat(100))).toBe(`${'a-'.repeat(39)}a`);
  expect([...slugify('𝒜'.repeat(200))]).toHaveLength(80);
});
