import { expect, test } from '@jest/globals';
import { derivedKey } from './derived-key.ts';
import { seal, unseal } from './seal.ts';

const key = derivedKey('a secret', 'one purpose');
const sealed = seal(Buffer.from('private'), key, 'kid');

test('what was sealed opens with its key and label only', () => {
  expect(unseal(sealed, key, 'kid').toString()).toBe('private');
  expect(() => unseal(sealed, derivedKey('another secret', 'one purpose'), 'kid')).toThrow();
  expect(() => unseal(sealed, derivedKey('a secret', 'another purpose'), 'kid')).toThrow();
  expect(() => unseal(sealed, key, 'another kid')).toThrow();
  const changed = Buffer.from(sealed);
  changed[14]! ^= 1;
  expect(() => unseal(changed, key, 'kid')).toThrow();
});
