import { askAside } from '../lib/api.ts';
import { Ledger } from '../lib/ledger.ts';
import { newPeople, newRun, tokenAside, type Person } from '../lib/people.ts';
import { settled } from '../lib/settled.ts';

const DAY_MS = 86_400_000;

/** Each accepted hit is counted once, and none that nobody has sent. */
export const hits = new Ledger('hits', 'asked');

export interface WatchedSite {
  readonly run: string;
  readonly owner: Person;
  readonly id: string;
  /** Public: by it pages say whose hits they send. */
  readonly key: string;
}

export interface Metrics {
  readonly visits: number;
  readonly events: number;
  readonly visitors: number;
  readonly visitorDays: number;
  readonly sessions: number;
  readonly bots: number;
  readonly previews: number;
}

/** A site of its own, made through the public API. @throws what ends the test when it cannot be made */
export function newSite(): WatchedSite {
  const run = newRun();
  const [owner] = newPeople(run, 1) as [Person];
  const body = { name: run, timeZone: 'Europe/Vienna' };
  const ask = { name: 'prepare site', token: owner.token, body, expect: [201] };
  const { id, key } = askAside('POST', '/api/v1/sites', ask).json<{ id: string; key: string }>();
  return { run, owner, id, key };
}

export const reportsOf = ({ id }: WatchedSite) => `/api/v1/sites/${id}/reports`;

/** What the report says in the end against what was accepted, wherever midnight was. */
export function auditHits(site: WatchedSite): void {
  const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
  const path = `${reportsOf(site)}/timeseries?interval=day&from=${day(-2)}&to=${day(1)}`;
  const ask = { name: 'report in the end', token: tokenAside(site.owner), expect: [200] };
  const counted = () => {
    const { visits, events, bots, previews } = askAside('GET', path, ask).json<{ totals: Metrics }>().totals;
    return visits + events + bots + previews;
  };
  hits.found(settled(counted));
}

export function removeSite(site: WatchedSite): void {
  if (__ENV.KEEP) return;
  const ask = { name: 'delete site', token: tokenAside(site.owner), expect: [204, 404] };
  askAside('DELETE', `/api/v1/sites/${site.id}`, ask);
}
