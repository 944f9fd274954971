import { check } from 'k6';
import exec from 'k6/execution';
import { ask } from '../lib/api.ts';
import type { Person } from '../lib/people.ts';

/** Looks at somebody's profile, and once more: nothing has changed. */
export function readProfile({ people }: { readonly people: readonly Person[] }): void {
  const { username } = people[exec.scenario.iterationInTest % people.length]!;
  const path = `/api/v1/profiles/${username}`;
  const answer = ask('GET', path, { name: 'profile', kind: 'read', expect: [200] });
  if (!answer.ok) return;
  check(answer, { 'it is the one that was asked for': () => answer.json<Person>().username === username });
  const headers = { 'if-none-match': answer.etag };
  ask('GET', path, { name: 'profile again', kind: 'read', headers, expect: [304] });
}
