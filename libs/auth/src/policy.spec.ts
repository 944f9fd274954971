import { expect, test } from '@jest/globals';
import { definePolicy } from './policy.ts';
import type { Principal } from './principal.ts';

interface Note {
  state: string;
  ownerId: string;
}
const policy = definePolicy<'read' | 'edit', Note>((caller, allow) => {
  allow(['read'], { state: 'public' });
  if (caller) allow(['read', 'edit'], { ownerId: caller.id });
  if (caller?.roles.includes('admin')) allow(['read', 'edit']);
});
const ada = { id: 'ada', roles: [] } as unknown as Principal;
const admin = { id: 'root', roles: ['admin'] } as unknown as Principal;
const columns = { state: 'n.state', ownerId: 'n.owner_id' };

test.each([
  [undefined, 'read', 'public', true],
  [undefined, 'read', 'private', false],
  [ada, 'edit', 'private', true],
  [{ ...ada, id: 'bob' }, 'edit', 'public', false],
  [admin, 'edit', 'private', true],
] as const)('one object: %j may %s a %s note: %s', (caller, action, state, expected) => {
  expect(policy.allows(caller, action, { state, ownerId: 'ada' })).toBe(expected);
});

test('rows: the same rules as SQL, after the parameters that are taken', () => {
  expect(policy.where(undefined, 'edit', columns, [])).toEqual({ text: 'false', values: [] });
  expect(policy.where(admin, 'read', columns, [1])).toEqual({ text: 'true', values: [] });
  const fixed = (state: string) => policy.where(ada, 'read', columns, [], { state });
  expect(fixed('public')).toEqual({ text: 'true', values: [] });
  expect(fixed('private')).toEqual({ text: '(n.owner_id = $1)', values: ['ada'] });
  expect(policy.where(undefined, 'read', columns, [], { state: 'private' })).toEqual({ text: 'false', values: [] });
  const { text, values } = policy.where(ada, 'read', columns, ['taken']);
  const shown = values.reduce<string>((sql, value, index) => sql.replace(`$${index + 2}`, `'${String(value)}'`), text);
  expect(shown.slice(1, -1).split(' OR ').sort()).toEqual([`n.owner_id = 'ada'`, `n.state = 'public'`]);
});
