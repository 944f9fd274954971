import { hash } from 'node:crypto';
import type { Api } from './api.ts';

const HOUR_MS = 3_600_000;
const SITE = 'Stones by post';

/** Programs in which people see pages; each sends what it has seen by itself, as that is how it is known. */
const BROWSERS = {
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  chrome:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  iphone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  googlebot: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
} as const;
const browsers = Object.values(BROWSERS);

/** They lead away from here: a link to ourselves is refused. */
const links = [
  { code: 'http', url: 'https://www.rfc-editor.org/rfc/rfc9110', title: 'HTTP, all of it', tags: ['reading'] },
  { code: 'postgres', url: 'https://www.postgresql.org/docs/18/', title: 'The manual', tags: ['reading'] },
  {
    code: 'stones',
    url: 'https://example.org/stones',
    title: 'Stones by post',
    tags: ['letter'],
    utm: { source: 'letter', campaign: 'spring' },
  },
] as const;

/** Ada's links, and a few people who follow them: more of them, should this be gone on with after a crash. */
export async function shareLinks(api: Api, token: string): Promise<void> {
  await api.ask('POST', '/api/v1/links/bulk', { token, body: { links } }); // one that is there is a 409 in its row
  for (const [n, userAgent] of browsers.entries())
    await api.ask('GET', `/s/${links[n % links.length]!.code}`, { userAgent, orElse: [302] });
}

/** Ada's site, and six days on it. Each hit has an id of its own, so that none is there twice. */
export async function openSite(api: Api, token: string): Promise<void> {
  const { items } = await api.ask<{ items: Site[] }>('GET', '/api/v1/sites?kind=web&limit=100', { token });
  const body = { name: SITE, timeZone: 'Europe/Vienna' };
  const { key } = items.find(({ name }) => name === SITE) ?? (await api.ask<Site>('POST', '/api/v1/sites', { token, body })); // prettier-ignore
  const now = Date.now();
  for (const [n, userAgent] of browsers.entries())
    await api.ask('POST', '/api/v1/collect', { userAgent, body: { site: key, hits: hitsOf(n, key, now) } });
}

interface Site {
  readonly name: string;
  readonly key: string;
}

const PAGES = ['/', '/', '/stones', '/stones/granite', '/basket', '/thanks'];
const FROM = ['https://news.example/', 'https://search.example/', undefined];

/** Two or three visits an hour by day, fewer by night; a visitor looks at some pages, and one in four orders. */
function hitsOf(browser: number, key: string, now: number) {
  const hits = [];
  for (let hour = 6 * 24 - 1; hour >= 0; hour--) {
    const at = new Date(now - hour * HOUR_MS);
    const visitors = at.getUTCHours() < 6 ? hour % 5 === browser ? 1 : 0 : (hour + browser) % 3; // prettier-ignore
    for (let visitor = 0; visitor < visitors; visitor++) {
      const seed = hour * 31 + visitor * 7 + browser;
      for (let page = 0; page <= seed % PAGES.length; page++)
        hits.push({
          id: idOf(`${key} ${browser} ${hour} ${visitor} ${page}`),
          at: new Date(at.getTime() - (PAGES.length - page) * 60_000 - visitor * 1_000).toISOString(),
          url: `https://stones.example${PAGES[page]}${seed % 4 ? '' : '?utm_source=letter&utm_campaign=spring'}`,
          referrer: page ? undefined : FROM[seed % FROM.length],
          visitorId: `visitor-${(seed * 13) % 90}`,
          ...(PAGES[page] === '/thanks' && { revenue: { amount: 1_900 + (seed % 5) * 500, currency: 'EUR' } }),
        });
    }
  }
  return hits;
}

/** UUIDv8 (RFC 9562, section 5.8) of a text. */
const idOf = (text: string) =>
  hash('sha256', text).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
