import { check } from 'k6';
import exec from 'k6/execution';
import { ask } from '../lib/api.ts';
import { others, people } from '../lib/user-agents.ts';
import { hits, type WatchedSite } from './watched-site.ts';

const PAGES = ['/', '/pricing', '/blog/how-to-build-a-cairn', '/contact', '/thanks'];
/** One in so many is no person. */
const OTHER_EVERY = 10;
/** One in so many asks not to be tracked: counted, and nobody. */
const PRIVATE_EVERY = 6;

/** Somebody opens a page on another origin, whose script sends a beacon: JSON that says it is text, as no browser asks leave for that. */
export function viewPage({ key }: WatchedSite): void {
  const n = exec.scenario.iterationInTest;
  const agents = n % OTHER_EVERY ? people : others;
  const url = `https://shop.example${PAGES[n % PAGES.length]}?utm_source=newsletter&email=ada@shop.example`;
  const referrer = n % 3 ? 'https://news.example/front' : undefined;
  hits.asked();
  const answer = ask('POST', '/api/v1/collect', {
    name: 'beacon',
    kind: 'write',
    body: JSON.stringify({ site: key, url, referrer }),
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      'user-agent': agents[n % agents.length]!,
      origin: 'https://shop.example',
      ...(n % PRIVATE_EVERY === 0 && { 'sec-gpc': '1' }),
    },
    expect: [202],
  });
  if (!answer.ok) return;
  hits.acknowledged();
  check(answer, { 'the beacon is taken': () => answer.json<{ accepted: number }>().accepted === 1 });
}
