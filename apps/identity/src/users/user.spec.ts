import { describe, expect, test } from '@jest/globals';
import { UserDeleted } from './user.errors.ts';
import { userLike } from './user.factory.ts';
import type { User } from './user.ts';

const now = new Date('2026-01-01T00:00:00Z');

/** What a change does to the versions: of the row, and of the tokens that are out. */
function versionsAfter(user: User, ...changes: ((user: User) => void)[]) {
  const { version, tokenVersion } = user;
  for (const change of changes) change(user);
  return [user.version - version, user.tokenVersion - tokenVersion];
}

describe('a user', () => {
  test.each<[string, (user: User) => void, [number, number]]>([
    ['edited', (user) => user.edit({ bio: 'New' }, now), [1, 0]],
    ['edited without a difference', (user) => user.edit({ bio: null, displayName: undefined }, now), [0, 0]],
    ['given a password', (user) => user.changePassword('hash', now), [1, 0]],
    ['given other roles', (user) => user.assignRoles(['author'], now), [1, 1]],
    ['given the same roles', (user) => user.assignRoles(['reader', 'reader'], now), [0, 0]],
    ['suspended', (user) => user.suspend('Reason', now), [1, 1]],
    ['restored though active', (user) => user.restore(now), [0, 0]],
    ['erased', (user) => user.erase(now), [1, 1]],
  ])('%s', (_what, change, grown) => expect(versionsAfter(userLike(), change)).toEqual(grown));

  test('an absent field is unchanged, null clears', () => {
    const user = userLike({ bio: 'Bio', displayName: 'Name' });
    user.edit({ bio: null, displayName: undefined }, now);
    expect(user).toMatchObject({ bio: null, displayName: 'Name', version: 2, updatedAt: now });
  });

  test('roles are kept in one order, each once', () => {
    const user = userLike();
    user.assignRoles(['admin', 'reader', 'admin'], now);
    expect(user.roles).toEqual(['reader', 'admin']);
    expect(user.isActiveAdmin).toBe(true);
    user.suspend('Reason', now);
    expect(user.isActiveAdmin).toBe(false);
  });

  test('suspended again: only the reason changes; restored: it is gone', () => {
    const user = userLike();
    user.suspend('First', now);
    expect(versionsAfter(user, (it) => it.suspend('Second', now))).toEqual([1, 0]);
    expect(versionsAfter(user, (it) => it.suspend('Second', now))).toEqual([0, 0]);
    expect(versionsAfter(user, (it) => it.restore(now))).toEqual([1, 0]);
    expect(user).toMatchObject({ state: 'active', suspendedReason: null });
  });

  test('erased: nothing personal is left, and nothing can be changed', () => {
    const user = userLike({ displayName: 'Name', bio: 'Bio', avatarUrl: 'https://example.com/a.png' });
    const { id, createdAt } = user;
    user.suspend('Reason', now);
    user.erase(now);
    const { version: _version, tokenVersion: _tokenVersion, ...left } = user;
    expect(left).toEqual({
      id,
      createdAt,
      updatedAt: now,
      state: 'deleted',
      roles: [],
      email: null,
      username: null,
      passwordHash: null,
      displayName: null,
      bio: null,
      avatarUrl: null,
      suspendedReason: null,
    });
    expect(versionsAfter(user, (it) => it.erase(now))).toEqual([0, 0]);
    expect(() => user.edit({ bio: 'x' }, now)).toThrow(UserDeleted);
    expect(() => user.changePassword('x', now)).toThrow(UserDeleted);
    expect(() => user.assignRoles(['admin'], now)).toThrow(UserDeleted);
    expect(() => user.suspend('x', now)).toThrow(UserDeleted);
    expect(() => user.restore(now)).toThrow(UserDeleted);
  });
});
