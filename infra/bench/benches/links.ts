import { Api } from '@cairn/local/api';
import { cpuSeconds } from '../cpu-seconds.ts';
import { load } from '../load.ts';
import { author, IDENTITY } from '../people.ts';
import { ratio, ratios, type Bench, type Figures } from '../side.ts';
import type { Running } from '../system.ts';

const TARGET = 'https://example.org/a/page/of/some/length?and=a&query=too';
const HEADERS = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language': 'de-AT,de;q=0.8,en;q=0.5',
  Referer: 'https://news.example/story',
};
const BULK = 1_000;

export const links: Bench = {
  name: 'links',
  question:
    '`GET /s/{code}` on links, each visit in the stream before it is answered and counted behind it by the same process, against fastify and a `GET` of ioredis that record nothing; and links created in bulk, a thousand per request.',
  async open(system) {
    await system.service('identity', IDENTITY);
    const service = await system.service('links');
    const bare = await system.side('bare-redirect', { REDIS_URL: system.redisUrl, TARGET });
    const api = new Api(() => service.origin);
    const { accessToken: token } = await author(system, 'shortener');
    await api.ask('POST', '/api/v1/links', { token, body: { url: TARGET, code: 'measured' } });
    const visit = (side: Running) => ({ url: `${side.origin}/s/measured`, headers: HEADERS });
    for (const side of [service, bare]) {
      const answer = await fetch(visit(side).url, { redirect: 'manual', headers: HEADERS });
      if (answer.headers.get('location') !== TARGET) throw new Error(`${side.origin} does not redirect`);
    }
    const create = () =>
      api.ask('POST', '/api/v1/links/bulk', {
        token,
        body: { links: Array.from({ length: BULK }, (_, n) => ({ url: `${TARGET}&n=${n}` })) },
      });
    return {
      sides: [
        { name: 'links', isOurs: true, measure: (seconds) => load(service, visit(service), seconds) },
        { name: 'fastify + GET', measure: (seconds) => load(bare, visit(bare), seconds) },
        { name: 'bulk', measure: (seconds) => created(service, create, seconds) },
      ],
      goals: [
        ...ratios('links', 'fastify + GET', 1),
        {
          what: 'p99 of links ÷ fastify + GET',
          unit: '×',
          atMost: 2,
          value: ratio('p99 ms', 'links', 'fastify + GET'),
        },
        { what: 'links created', unit: '/s', atLeast: 2_000, value: (round) => round.bulk!['requests/s']! },
      ],
    };
  },
};

/** Two at a time, each a thousand links, which are what is counted. */
async function created(
  { process: { pid } }: Running,
  create: () => Promise<unknown>,
  seconds: number,
): Promise<Figures> {
  const [since, before] = [performance.now(), cpuSeconds(pid!)];
  const times: number[] = [];
  const one = async () => {
    while (performance.now() - since < seconds * 1_000) {
      const begin = performance.now();
      await create();
      times.push(performance.now() - begin);
    }
  };
  await Promise.all([one(), one()]);
  const made = times.length * BULK;
  times.sort((a, b) => a - b);
  return {
    'requests/s': made / ((performance.now() - since) / 1_000),
    'requests/core s': made / (cpuSeconds(pid!) - before),
    'p50 ms': times[Math.floor(times.length / 2)]!,
    'p99 ms': times[Math.floor(times.length * 0.99)]!,
  };
}
