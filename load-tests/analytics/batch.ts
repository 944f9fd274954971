import { check, sleep } from 'k6';
import exec from 'k6/execution';
import { ask, askAll } from '../lib/api.ts';
import { people } from '../lib/user-agents.ts';
import { hits, type WatchedSite } from './watched-site.ts';

const ROWS = 200;
const TRIES = 5;
/** One in so many batches is sent twice in the same moment: the client has not heard the answer to the first. */
const TWICE_EVERY = 4;
const HOUR_MS = 3_600_000;

interface Collected {
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number }[];
}

/** A server sends what its app has noted in the last hours, with ids of its own; one row in it is bad, and holds up no other. */
export function sendBatch({ key, run }: WatchedSite): void {
  const n = exec.scenario.iterationInTest;
  const now = Date.now();
  const rows = Array.from({ length: ROWS }, (_, row) => ({
    id: crypto.randomUUID(),
    name: row % 50 ? 'pageview' : 'signup',
    at: row === 9 ? 'yesterday' : new Date(now - (row / ROWS) * HOUR_MS).toISOString(),
    url: `https://app.example/screen/${row % 20}`,
    visitorId: `${run}-${(n * 7 + row) % 500}`,
    props: { plan: row % 3 ? 'free' : 'team' },
  }));
  const body = { site: key, sentAt: new Date(now).toISOString(), hits: rows };
  const batch = { name: 'batch', kind: 'write' as const, body, headers: { 'user-agent': people[2] }, expect: [202] };
  hits.asked(ROWS - 1);
  if (n % TWICE_EVERY === 0) askAll([1, 2].map(() => ({ ...batch, method: 'POST', path: '/api/v1/collect' })));
  for (let tries = 1; ; tries++) {
    const answer = ask('POST', '/api/v1/collect', batch);
    if (answer.ok) {
      hits.acknowledged(ROWS - 1); // whichever time it was stored, it is there once
      const { accepted, rejected } = answer.json<Collected>();
      check(rejected, { 'only the bad row is rejected': () => accepted === ROWS - 1 && rejected[0]?.index === 9 });
      return;
    }
    if (!answer.comeBackAfter || tries === TRIES) return;
    sleep(answer.comeBackAfter);
  }
}
