import { expect, test } from '@jest/globals';
import { isEmail, normalizeEmail } from './email.ts';

test.each([
  [' Ada@Example.COM ', 'ada@example.com'],
  ['JOSE\u0301@example.com', 'jos\u00e9@example.com'],
  ['ada@M\u00dcNCHEN.example', 'ada@xn--mnchen-3ya.example'],
  ['ada@ｅｘａｍｐｌｅ.com', 'ada@example.com'],
])('%j is stored as %j', (given, stored) => {
  expect(normalizeEmail(given)).toBe(stored);
  expect(normalizeEmail(stored)).toBe(stored);
  expect(isEmail(stored)).toBe(true);
});

test.each([
  'ada',
  'ada@',
  '@example.com',
  'a b@example.com',
  'a..b@example.com',
  'ada@localhost',
  'ada@127.1',
  'ada@exa mple.com',
  'ada\0@example.com',
  'ada\u200b@example.com',
  '"ada"@example.com',
  `${'x'.repeat(65)}@example.com`,
  `ada@${'x.'.repeat(130)}com`,
])('%j is not an address', (given) => expect(isEmail(normalizeEmail(given))).toBe(false));
