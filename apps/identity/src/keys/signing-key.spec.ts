import { expect, test } from '@jest/globals';
import { publishedAt, signerAt } from './signing-key.ts';

const at = (seconds: number) => new Date(seconds * 1_000);
const key = (kid: string, signsFrom: number) => ({ kid, signsFrom: at(signsFrom) });
const keys = [key('old', 0), key('new', 100)];
const published = (seconds: number) => publishedAt(keys, 60, at(seconds)).map(({ kid }) => kid);

test.each([
  [50, 'old', ['new', 'old']], // published before it signs
  [100, 'new', ['new', 'old']],
  [159, 'new', ['new', 'old']], // a token of the old key may still be valid
  [160, 'new', ['new']],
])('at %d s %s signs', (seconds, signer, listed) => {
  expect(signerAt(keys, at(seconds))?.kid).toBe(signer);
  expect(published(seconds)).toEqual(listed);
});

test('before the first key nothing signs', () => expect(signerAt(keys, at(-1))).toBeUndefined());
