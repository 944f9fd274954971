import { expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Config } from '../config.ts';
import { RefreshTokens } from './refresh-tokens.service.ts';

const tokens = new RefreshTokens({ KEY_ENCRYPTION_SECRET: 'x'.repeat(32) } as Config);
const elsewhere = new RefreshTokens({ KEY_ENCRYPTION_SECRET: 'y'.repeat(32) } as Config);
const first = tokens.first(randomUUID());

test('a token comes back as what it was made of, and has one successor', () => {
  expect(tokens.read(tokens.write(first))).toEqual(first);
  expect(tokens.next(first)).toEqual(tokens.next(tokens.read(tokens.write(first))!));
  expect(tokens.next(first).secret).not.toEqual(tokens.next(tokens.next(first)).secret);
});

const text = tokens.write(first);
const [sessionId, , rest] = text.split('.') as [string, string, string];
test.each([
  ['nonsense', 'nonsense'],
  ['another generation', `${sessionId}.1.${rest}`],
  ['another session', `${randomUUID()}.0.${rest}`],
  ['another secret', `${sessionId}.0.${'A'.repeat(43)}${rest.slice(43)}`],
  ['another tag', `${text.slice(0, -2)}${text.endsWith('AA') ? 'BB' : 'AA'}`],
  ['something appended', `${text}A`],
  ['another deployment’s key', elsewhere.write(first)],
])('%s was not issued here', (_, forged) => expect(tokens.read(forged)).toBeUndefined());
