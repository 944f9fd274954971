import { expect, test } from '@jest/globals';
import { RevokedAccess } from './revoked-access.ts';

const HOUR = 3_600_000;
const wall = Date.parse('2026-01-01T00:00:00Z');
const verified = (sessionId: string) => ({
  caller: { id: 'ada', sessionId, roles: [] },
  expiresAt: wall + 600_000,
  tokenVersion: 1,
});

function revoked() {
  const access = new RevokedAccess();
  access.add({ kind: 'session', sessionId: 'ended', until: wall + HOUR }, { wall, monotonic: 0 });
  access.add({ kind: 'user', userId: 'ada', minTokenVersion: 1, until: wall + HOUR }, { wall, monotonic: 0 });
  return access;
}

test.each<[string, number, number, number]>([
  ['nothing while tokens may live', HOUR, HOUR, 2],
  ['nothing at the second at which the last token expires: clocks differ', HOUR + 5_000, HOUR + 5_000, 2],
  ['everything later', 2 * HOUR, 2 * HOUR, 0],
  ['nothing because the wall clock was set forward', 24 * HOUR, 1_000, 2],
  ['nothing because the wall clock was set back', -24 * HOUR, 2 * HOUR, 2],
])('purging forgets %s', (_, wallPassed, monotonic, left) => {
  const access = revoked();
  access.purge({ wall: wall + wallPassed, monotonic });
  expect(access.size).toBe(left);
  expect(access.covers(verified('ended'))).toBe(left > 0);
});

test('what is read again is kept anew', () => {
  const access = revoked();
  access.add({ kind: 'session', sessionId: 'ended', until: wall }, { wall, monotonic: HOUR });
  access.purge({ wall: wall + 3 * HOUR, monotonic: 2 * HOUR });
  expect(access.covers(verified('ended'))).toBe(true);
});
