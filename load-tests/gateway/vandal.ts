import { check } from 'k6';
import exec from 'k6/execution';
import { ask } from '../lib/api.ts';
import { tokenOf, type Person } from '../lib/people.ts';
import { ENDLESS, ofGraph } from './dashboard-query.ts';
import { graphql } from './dashboard.ts';

const json = { 'content-type': 'application/json' };
const FORGED = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInJvbGVzIjpbImFkbWluIl19.';

interface Mischief {
  readonly name: string;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
  /** By somebody who is signed in. */
  readonly isMember?: true;
  readonly status: number;
  /** It may be refused before all of it has been sent: then the connection breaks, and k6 has no answer. */
  readonly mayBreakOff?: true;
}

/** Each is refused by its own status. */
const mischiefs: readonly Mischief[] = [
  { name: 'half a JSON', method: 'POST', path: '/api/v1/sessions', body: '{"login":', headers: json, status: 400 },
  { name: 'a field too many', method: 'POST', path: '/api/v1/users', body: { isAdmin: true }, status: 400 },
  { name: 'a forged cursor', path: '/api/v1/posts?cursor=forged', status: 400 },
  { name: 'a forged token', path: '/api/v1/users/me', token: FORGED, status: 401 },
  {
    name: 'a post without signing in',
    method: 'POST',
    path: '/api/v1/posts',
    body: { title: 'x', body: 'x' },
    status: 401,
  },
  { name: 'a secret passage', path: '/internal/v1/profiles?ids=1', status: 404 },
  { name: 'a way around', path: '/api/v1/posts/%2e%2e/%2e%2e/internal/v1/profiles', status: 404 },
  {
    name: 'two megabytes',
    method: 'POST',
    path: '/api/v1/posts',
    body: { body: 'x'.repeat(2_000_000) },
    isMember: true,
    status: 413,
    mayBreakOff: true,
  },
  {
    name: 'a header that never ends',
    path: '/api/v1/posts',
    headers: { 'x-long': 'x'.repeat(40_000) },
    status: 431,
    mayBreakOff: true,
  },
  {
    name: 'a question without end',
    method: 'POST',
    path: graphql,
    body: { query: ENDLESS },
    headers: ofGraph,
    status: 400,
  },
];

/** Does what must not work, one thing after another. Also 429 is a right answer to this one. */
export function misbehave({ people }: { readonly people: readonly Person[] }): void {
  const mischief = mischiefs[exec.scenario.iterationInTest % mischiefs.length]!;
  const { name, method = 'GET', path, body, headers, status } = mischief;
  const token = mischief.isMember ? tokenOf(people[0]!) : mischief.token;
  const expect = mischief.mayBreakOff ? [status, 429, 0] : [status, 429];
  const answer = ask(method, path, { name, kind: 'refused', body, headers, token, expect });
  if (!answer.ok || answer.status === 0) return;
  check(answer, {
    'a refusal is a problem, or an answer of the graph': ({ isProblem }) => isProblem || path === graphql,
    'a refusal tells nothing of the inside': ({ text }) => !/\bat .*\.[jt]s:\d|node_modules/.test(text),
  });
}
