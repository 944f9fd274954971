import { expect, test } from '@jest/globals';
import { isCommonPassword } from './common-passwords.ts';

test.each(['password', 'Password1', 'IloveYou', 'qwertyuiop', 'p@ssw0rd', 'administrator'])(
  '%s is common',
  async (it) => expect(await isCommonPassword(it)).toBe(true),
);

test.each(['correct horse battery', 'Tr0ub4dor&3', '__proto__', 'пароль от всего'])('%s is not', async (it) =>
  expect(await isCommonPassword(it)).toBe(false),
);
