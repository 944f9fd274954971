import { check } from 'k6';
import exec from 'k6/execution';
import { ask } from '../lib/api.ts';
import { tokenOf } from '../lib/people.ts';
import type { Shelf } from '../lib/shelf.ts';
import { DASHBOARD, ofGraph, type Dashboard } from './dashboard-query.ts';

export const graphql = '/graphql';

/** Opens the start page, signed in or not: one question to the graph, answered by several services. */
export function openDashboard({ people, run }: Shelf): void {
  const n = exec.scenario.iterationInTest;
  const token = n % 2 ? tokenOf(people[n % people.length]!) : undefined;
  const answer = ask('POST', graphql, {
    name: 'dashboard',
    kind: 'read',
    token,
    body: { query: DASHBOARD },
    headers: ofGraph,
    expect: [200],
  });
  if (!answer.ok) return;
  const { data, errors } = answer.json<{ data?: Dashboard | null; errors?: unknown[] }>();
  const posts = data?.posts.edges.map(({ node }) => node) ?? [];
  check(posts, {
    'the graph answers without errors': () => errors === undefined,
    'the dashboard has posts and tags': () => posts.length > 0 && data!.tags.edges.length > 0,
    'every post has its author': () =>
      posts.every(({ title, author }) => (title.includes(run) ? author.username?.startsWith(run) : author)),
  });
}
