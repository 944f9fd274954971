import type { Hit } from '@cairn/contracts/events';
import { createHash } from 'node:crypto';
import { wallClock } from './wall-clock.ts';

/** Numbers in [0, 1) that are the same for the same seed: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const MINUTE_MS = 60_000;
const SHIFT_MS = 8 * 60 * MINUTE_MS;
const GAPS_MS = [
  1,
  1_000,
  90_000,
  12 * MINUTE_MS,
  30 * MINUTE_MS - 1,
  30 * MINUTE_MS,
  30 * MINUTE_MS + 1,
  50 * MINUTE_MS,
];

/** A uuid that stands for these words. */
export function uuidOf(...words: (string | number)[]): string {
  const hex = createHash('sha1').update(words.join(' ')).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/**
 * What happens on a site between two times: people who agreed to an id, people who did not and are somebody else each day of the site, people who
 * ask not to be tracked, bots and previews; sittings of any rhythm, many of them around midnight and four, and some through the whole night.
 */
export function trafficOf(
  site: { id: string; timeZone: string },
  from: Date,
  to: Date,
  people: number,
  random: () => number,
): Hit[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const hits: Hit[] = [];
  for (let person = 0; person < people; person++) {
    const manner = pick([
      'consented',
      'consented',
      'cookieless',
      'cookieless',
      'cookieless',
      'untracked',
      'bot',
      'preview',
    ] as const);
    const self = {
      country: pick(['AT', 'DE', null]),
      device: pick(['desktop', 'mobile'] as const),
      browser: pick(['Firefox', 'Chrome', null]),
      os: pick(['Linux', 'Windows', null]),
    };
    for (let sittings = 1 + Math.floor(random() * 4); sittings > 0; sittings--) {
      // A few hours of each day: each hour that has something is to be rolled up, again and again.
      const hours = Math.floor((random() * (to.getTime() - from.getTime())) / SHIFT_MS);
      let at = from.getTime() + hours * SHIFT_MS + Math.floor(random() * 30 * MINUTE_MS);
      // Around midnight, where visitors without an id become others, and around four, where sessions end.
      const clock = random() < 0.7 ? pick([0, 0, 0, 240 * MINUTE_MS]) : undefined;
      if (clock !== undefined)
        at = wallClock(new Date(at), site.timeZone).midnight.getTime() + clock - Math.floor(random() * 50 * MINUTE_MS);
      const marathon = random() < 0.03;
      for (
        let left = marathon ? 90 : 1 + Math.floor(random() * 7);
        left > 0;
        left--, at += marathon ? 20 * MINUTE_MS : pick(GAPS_MS) + Math.floor(random() * 3)
      ) {
        if (at < from.getTime() || at >= to.getTime()) continue;
        hits.push(hitAt(at, `${site.id} ${person}`, manner, self));
      }
    }
  }
  return hits;

  function hitAt(
    at: number,
    person: string,
    manner: string,
    self: Omit<Hit['audience'], 'kind' | 'visitor' | 'visitorOfYesterday'>,
  ): Hit {
    const clock = wallClock(new Date(at), site.timeZone);
    const yesterday = wallClock(new Date(clock.midnight.getTime() - 1), site.timeZone);
    const isTracked = manner === 'cookieless';
    const name = pick(['pageview', 'pageview', 'pageview', 'link-visit', 'signup', 'purchase']);
    return {
      id: uuidOf('hit', hits.length, person),
      siteId: site.id,
      at: new Date(at).toISOString(),
      receivedAt: new Date(at).toISOString(),
      name,
      path: name === 'signup' ? null : pick(['/', '/', '/pricing', '/docs/a', '/docs/b', '/thanks']),
      referrer: pick([null, null, 'news.example', 'search.example']),
      utm: {
        source: pick([null, 'mail', 'ad']),
        medium: pick([null, 'cpc']),
        campaign: pick([null, 'spring']),
        term: null,
        content: pick([null, 'top']),
      },
      props: random() < 0.5 ? {} : { plan: pick(['free', 'pro']), seats: Math.floor(random() * 3) },
      revenue:
        name === 'purchase'
          ? { amount: Math.floor(random() * 100_000) - 500, currency: pick(['EUR', 'USD', 'JPY']) }
          : null,
      isConsented: manner === 'consented',
      audience: {
        ...self,
        kind: manner === 'bot' || manner === 'preview' ? manner : 'person',
        visitor: isTracked ? uuidOf(person, clock.date) : manner === 'consented' ? uuidOf(person) : null,
        visitorOfYesterday:
          isTracked && at - clock.midnight.getTime() < 30 * MINUTE_MS ? uuidOf(person, yesterday.date) : null,
      },
    };
  }
}
