import exec from 'k6/execution';
import { Ledger } from '../lib/ledger.ts';
import { signIn, type Person } from '../lib/people.ts';
import { ask } from '../lib/api.ts';

/** Every session that was begun is one that its owner sees. */
export const sessions = new Ledger('sessions');

/** Nine o'clock: everybody signs in. */
export function signInWave({ people }: { readonly people: readonly Person[] }): void {
  const person = people[exec.scenario.iterationInTest % people.length]!;
  const tokens = signIn(person);
  if (!tokens) return; // turned away: he was told when to come back
  sessions.acknowledged();
  ask('GET', '/api/v1/users/me', { name: 'own account', kind: 'read', token: tokens.accessToken, expect: [200] });
}
