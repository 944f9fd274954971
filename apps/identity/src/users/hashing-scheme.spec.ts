import { describe, expect, test } from '@jest/globals';
import { argon2idScheme } from './argon2id-scheme.ts';
import { bcryptScheme } from './bcrypt-scheme.ts';

/** What every scheme owes, under the least cost that it takes. */
describe.each([
  ['bcrypt', bcryptScheme(4), bcryptScheme(5)],
  ['Argon2id', argon2idScheme({ memory: 64, passes: 1 }), argon2idScheme({ memory: 128, passes: 1 })],
])('%s', (_name, scheme, dearer) => {
  test('verifies the password and no other, and salts', async () => {
    const hash = await scheme.hash('correct horse battery');
    expect(await scheme.verify('correct horse battery', hash)).toBe(true);
    expect(await scheme.verify('correct horse batterz', hash)).toBe(false);
    expect(await scheme.hash('correct horse battery')).not.toBe(hash);
  });

  test('reads every byte: past the 72nd, and past a zero byte', async () => {
    const long = await scheme.hash(`${'x'.repeat(127)}1`);
    expect(await scheme.verify(`${'x'.repeat(127)}2`, long)).toBe(false);
    const zero = await scheme.hash('before\0after');
    expect(await scheme.verify('before\0other', zero)).toBe(false);
    expect(await scheme.verify('before\0after', zero)).toBe(true);
  });

  test('takes a letter however it is composed', async () => {
    expect(await scheme.verify('cafe\u0301 noir', await scheme.hash('caf\u00e9 noir'))).toBe(true);
  });

  test('knows its own hashes, and whether their cost is still the one it has', async () => {
    const hash = await scheme.hash('correct horse battery');
    expect([scheme.made(hash), dearer.made(hash)]).toEqual([true, true]);
    expect([scheme.isCurrent(hash), dearer.isCurrent(hash)]).toEqual([true, false]);
  });
});

test('one scheme does not take the hash of another for its own', async () => {
  const [bcrypt, argon2id] = [bcryptScheme(4), argon2idScheme({ memory: 64, passes: 1 })];
  expect(bcrypt.made(await argon2id.hash('x'))).toBe(false);
  expect(argon2id.made(await bcrypt.hash('x'))).toBe(false);
  expect(argon2id.isCurrent(await bcrypt.hash('x'))).toBe(false);
});
