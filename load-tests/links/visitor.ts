import { check } from 'k6';
import exec from 'k6/execution';
import { ask, askAside } from '../lib/api.ts';
import { Ledger } from '../lib/ledger.ts';
import { tokenAside } from '../lib/people.ts';
import { settled } from '../lib/settled.ts';
import { others, people } from '../lib/user-agents.ts';
import type { Link, PinBoard } from './pin-board.ts';

/** Of people. Each answered redirect is counted once, and none that nobody asked for. */
export const visits = new Ledger('visits', 'asked');
/** Of bots and the previews of chat programs. */
export const fetches = new Ledger('fetches', 'asked');

/** One in so many is no person. */
const OTHER_EVERY = 8;
/** One in so many has found another link than everybody's. */
const QUIET_EVERY = 5;
/** One in so many asks not to be tracked: counted, and nobody. */
const PRIVATE_EVERY = 7;

/** Somebody passes on a link, and everybody goes there. */
export function visit({ viral, quiet }: PinBoard): void {
  const n = exec.scenario.iterationInTest;
  const link = n % QUIET_EVERY ? viral : quiet[n % quiet.length]!;
  const isOther = n % OTHER_EVERY === 0;
  const agents = isOther ? others : people;
  const ledger = isOther ? fetches : visits;
  const headers = {
    'user-agent': agents[n % agents.length]!,
    referer: 'https://news.example/front',
    ...(n % PRIVATE_EVERY === 0 && { dnt: '1' }),
  };
  ledger.asked();
  const answer = ask('GET', `/s/${link.code}`, { name: 'visit', kind: 'read', headers, expect: [302] });
  if (!answer.ok) return;
  ledger.acknowledged();
  check(answer, { 'it leads where its owner said': ({ location }) => location === link.url });
}

/** The links' own counters, against what was answered. */
export function auditVisits({ owner, viral, quiet }: PinBoard): void {
  const statsOf = ({ code }: Link) => {
    const ask = { name: 'stats in the end', token: tokenAside(owner), expect: [200] };
    return askAside('GET', `/api/v1/links/${code}/stats`, ask).json<{
      visits: number;
      bots: number;
      previews: number;
    }>();
  };
  const all = () => [viral, ...quiet].map(statsOf);
  settled(() => all().reduce((sum, each) => sum + each.visits + each.bots + each.previews, 0));
  for (const { visits: ofPeople, bots, previews } of all()) {
    visits.found(ofPeople);
    fetches.found(bots + previews);
  }
}
