import { check } from 'k6';
import exec from 'k6/execution';
import { ask } from '../lib/api.ts';
import { tokenOf, type Person } from '../lib/people.ts';

/** What goes through the front door on an ordinary day: strangers and members, to whichever service. */
export function visit({ people }: { readonly people: readonly Person[] }): void {
  const n = exec.scenario.iterationInTest;
  const person = people[n % people.length]!;
  const read = (name: string, path: string, token?: string) =>
    ask('GET', path, { name, kind: 'read', token, expect: [200] });

  read('posts', '/api/v1/posts?limit=10');
  read('tags', '/api/v1/tags');
  read('profile', `/api/v1/profiles/${person.username}`);
  if (n % 2) return;
  const token = tokenOf(person);
  if (!token) return;
  read('posts, signed in', '/api/v1/posts?limit=10', token);
  const me = read('own account', '/api/v1/users/me', token);
  if (me.ok) check(me, { 'everybody is who they are': () => me.json<Person>().id === person.id });
  const title = `${person.username}_${n}`;
  const rename = { name: 'rename', kind: 'write', token, body: { displayName: title }, expect: [200] } as const;
  const renamed = ask('PATCH', '/api/v1/users/me', rename);
  if (renamed.ok) check(renamed, { 'what was sent is what came through': () => renamed.text.includes(title) });
}
