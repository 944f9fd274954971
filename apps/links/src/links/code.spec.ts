import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ALPHABET, CODE_LENGTH, CodeCipher, CODES } from './code.ts';
import { customCode } from './link.dto.ts';

const SECRET = 'a secret of at least thirty-two characters';
const cipher = new CodeCipher(SECRET);
const number = fc.integer({ min: 0, max: CODES - 1 });

describe('generated codes', () => {
  test('are a bijection: each number has a code of its own, and the code leads back to it', () => {
    fc.assert(
      fc.property(number, (n) => cipher.decrypt(cipher.encrypt(n)) === n),
      { numRuns: 5_000 },
    );
    const code = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: CODE_LENGTH, maxLength: CODE_LENGTH });
    fc.assert(
      fc.property(code, (text) => cipher.encrypt(cipher.decrypt(text)) === text),
      { numRuns: 5_000 },
    );
    const codes = Array.from({ length: 50_000 }, (_, n) => cipher.encrypt(n));
    expect(new Set(codes).size).toBe(50_000);
  });

  test('have seven characters that do not look alike, from the first to the last', () => {
    expect(new Set(ALPHABET).size).toBe(49);
    expect(ALPHABET).not.toMatch(/[0125IOSZlosuv]/);
    const wellFormed = new RegExp(`^[${ALPHABET}]{7}$`);
    for (const n of [0, 1, CODES - 1]) expect(cipher.encrypt(n)).toMatch(wellFormed);
    fc.assert(fc.property(number, (n) => wellFormed.test(cipher.encrypt(n))));
  });

  test('tell nothing of their neighbours: of consecutive numbers no more characters agree than by chance', () => {
    const codes = Array.from({ length: 20_000 }, (_, n) => cipher.encrypt(n));
    const pairs = codes
      .slice(1)
      .map((code, n) => [...code].filter((character, at) => character === codes[n]![at]).length);
    const agreeing = pairs.reduce((sum, count) => sum + count, 0);
    const expected = (codes.length * CODE_LENGTH) / ALPHABET.length;
    expect(Math.abs(agreeing - expected)).toBeLessThan(6 * Math.sqrt(expected));
    for (let at = 0; at < CODE_LENGTH; at++) expect(new Set(codes.map((code) => code[at])).size).toBe(ALPHABET.length);
  });

  test('are others under another secret, and the same under the same', () => {
    const other = new CodeCipher(`${SECRET}!`);
    const same = [0, 1, 2, 3].filter((n) => other.encrypt(n) === cipher.encrypt(n));
    expect(same).toEqual([]);
    expect(new CodeCipher(SECRET).encrypt(7)).toBe(cipher.encrypt(7));
    expect(() => new CodeCipher('short')).toThrow(RangeError);
  });

  test.each([-1, 1.5, CODES, Number.NaN])('%p is the number of none', (n) => {
    expect(() => cipher.encrypt(n)).toThrow(RangeError);
  });
});

describe('custom codes', () => {
  const mayBeChosen = (code: string) => customCode.safeParse(code).success;
  test.each(['sale', 'Summer-2026', 'a_b', 'x'.repeat(64), 'k7Hq3X', 'k7Hq3Xd3', 'sale000'])(
    '%s may be chosen',
    (code) => {
      expect(mayBeChosen(code)).toBe(true);
    },
  );
  test.each(['', 'ab', 'x'.repeat(65), 'ä-code', 'a b', 'a/b', 'a.b', '%41bc', 'api', 'API', 'Bulk', 'k7Hq3Xd'])(
    '%j may not',
    (code) => {
      expect(mayBeChosen(code)).toBe(false);
    },
  );
  test('no generated code may be chosen, so that none is taken when its turn comes', () => {
    fc.assert(fc.property(number, (n) => !mayBeChosen(cipher.encrypt(n))));
  });
});
