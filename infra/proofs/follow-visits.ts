import { until } from '@cairn/local/until';
import assert from 'node:assert/strict';
import { curl, expectStatus } from './curl.ts';

const SEEN_WITHIN_MS = 2_000;
const TARGET = 'https://example.org/a/long/way';

/** Who comes, and what they are counted as. */
const VISITORS = [
  {
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    device: 'desktop',
  },
  {
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
    device: 'mobile',
  },
  { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', device: null },
] as const;

/** Shortens a link, visits it from three user agents, and sees that in the link's own counters and in the report. Answers how soon. */
export async function followVisits(gateway: string, bearer: readonly string[]): Promise<string> {
  const api = `${gateway}/api/v1`;
  const created = await curl([`${api}/links`, ...bearer], { url: TARGET, title: 'The long way' });
  expectStatus(created, 201, 'shorten a link');
  const { code, shortUrl } = created.json<{ code: string; shortUrl: string }>();
  assert.equal(new URL(shortUrl).pathname, `/s/${code}`);

  for (const { userAgent } of VISITORS) {
    const visit = await curl([`${gateway}/s/${code}`, '--user-agent', userAgent, '--referer', 'https://news.example/']);
    expectStatus(visit, 302, 'visit it');
    assert.equal(visit.headers.location, TARGET);
  }

  const since = performance.now();
  const read = async <T>(path: string) => {
    const answer = await curl([api + path, ...bearer]);
    expectStatus(answer, 200, `read ${path}`);
    return answer.json<T>();
  };
  await until("the link's own counters have all three", SEEN_WITHIN_MS, async () => {
    const { visits, bots, previews } = await read<Record<'visits' | 'bots' | 'previews', number>>(
      `/links/${code}/stats`,
    );
    return visits === 2 && bots === 1 && previews === 0;
  });
  const left = () => Math.max(1, SEEN_WITHIN_MS - (performance.now() - since));
  await until('the report has both people', left(), async () => {
    const { items } = await read<{ items: { id: string }[] }>('/sites?kind=links');
    const [site] = items;
    if (!site) return false;
    const query = `by=device&filter=${encodeURIComponent(`page:/s/${code}`)}`;
    const byDevice = await read<{ items: { value: string; visits: number }[] }>(
      `/sites/${site.id}/reports/breakdown?${query}`,
    );
    const devices = byDevice.items.filter(({ visits }) => visits === 1).map(({ value }) => value);
    return VISITORS.every(({ device }) => device === null || devices.includes(device));
  });
  const soon = Math.round(performance.now() - since);

  expectStatus(await curl([`${api}/links/${code}`, '--request', 'DELETE', ...bearer]), 204, 'delete it');
  expectStatus(await curl([`${gateway}/s/${code}`]), 410, 'visit what was deleted');
  return `shortened, visited and saw it reported in ${soon} ms`;
}
