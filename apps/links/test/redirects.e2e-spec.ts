import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { linkLimitReached, linkVisitsRecorded, type LinkVisit } from '@cairn/contracts/events';
import { Transactions, type Transaction } from '@cairn/database';
import { metrics } from '@cairn/observability';
import { AnotherService, BROKER } from '@cairn/messaging/testing';
import type { Broker } from '@cairn/messaging';
import {
  createTestDatabase,
  createTestRedis,
  eventually,
  markRevocationsComplete,
  startService,
  statementsDuring,
  wayTo,
  type RunningService,
  type Someone,
  type TestDatabase,
  type TestRedis,
} from '@cairn/testing';
import { Lifecycle } from '@cairn/service';
import fastify from 'fastify';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { links } from '../src/app.module.ts';
import { FreeCodesJob } from '../src/links/free-codes/free-codes.job.ts';
import { LinkCache } from '../src/links/link-cache.service.ts';
import { insertLinks, type LinkRow } from '../src/links/link.factory.ts';
import { hashPassword } from '../src/links/link-password.ts';
import { SERVED_LINK } from '../src/links/served-links.query.ts';
import { LinkFollower } from '../src/redirects/link-follower.service.ts';
import { REDIRECTS_OPTIONS } from '../src/redirects/redirects.options.ts';

/* Two instances of links on one database and one Redis. Rows are written past the API, but where what it tells visits is in question. */

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
const SECRET = 'sixteen characters or more';
const PAGE = 'text/html,application/xhtml+xml,*/*;q=0.8';
let database: TestDatabase;
let redis: TestRedis;
let service: RunningService, other: RunningService;
let others: AnotherService;
let way: Awaited<ReturnType<typeof wayTo>>;
let codes = 0;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  way = await wayTo(database.url);
  await markRevocationsComplete(redis);
  await links.migrate({ DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl });
  const shared = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    PUBLIC_URL: 'https://go.example.org',
    OWN_HOSTS: 'alt.example',
    TRUSTED_PROXIES: '127.0.0.1',
    CACHE_PATIENCE_MS: '5000', // a busy machine is not an absent Redis
  };
  [service, other] = await Promise.all([
    startService(links, { ...shared, COUNTRY_HEADER: 'cf-ipcountry', FAULT_DIALS_SECRET: SECRET }),
    startService(links, { ...shared, DATABASE_URL: way.url }),
  ]);
  others = new AnotherService(service.app.get(BROKER));
  await others.hear(linkVisitsRecorded, linkLimitReached);
}, 60_000);
afterAll(async () => {
  await Promise.all([service, other].map((each) => each.stop()));
  await way.close();
  await Promise.all([database.drop(), redis.drop()]);
});

const sql = (text: string, values: unknown[] = []) => service.app.get(DataSource).query(text, values);
async function link(row: Partial<LinkRow> = {}) {
  const code = row.code ?? `code-${++codes}`;
  const [id] = await insertLinks(sql, { ...row, code });
  return { id: id!, code, path: `/s/${code}` };
}
const visit = (path: string, headers: Record<string, string> = {}, at = service) =>
  at.get(path, { headers: { 'user-agent': FIREFOX, ...headers } });
const sentTo = async (path: string, headers: Record<string, string> = {}) =>
  (await visit(path, headers)).headers.get('location');
/** As a framework that normalises paths would not send it. */
const visitRaw = (path: string): Promise<{ status: number; location: string | undefined }> =>
  new Promise((resolve, reject) =>
    httpRequest(service.url, { path, headers: { 'user-agent': FIREFOX } }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode!, location: answer.headers.location });
    })
      .on('error', reject)
      .end(),
  );
const told = (linkId: string): LinkVisit[] =>
  others.heard
    .filter(({ type }) => type === linkVisitsRecorded.type)
    .flatMap(({ data }) => (data as { visits: LinkVisit[] }).visits)
    .filter((each) => each.linkId === linkId);
const countersOf = async (linkId: string) =>
  (await sql('SELECT visits::int, previews::int, bots::int FROM link_counters WHERE link_id = $1', [linkId]))[0];
const lastVisitTo = async (linkId: string) =>
  (await sql('SELECT last_visit_at AS at FROM link_counters WHERE link_id = $1', [linkId]))[0]?.at;
const counted = (linkId: string, visits: number) =>
  eventually(async () => expect((await countersOf(linkId))?.visits).toBe(visits), 15_000);
/** Of links; what consumers do meanwhile does not count. */
const readsDuring = async (work: () => Promise<unknown>) =>
  (await statementsDuring(work)).filter((text) => /FROM links l WHERE/.test(text));
const change = (code: string, text: string, values: unknown[] = []) =>
  service.app.get(Transactions).run(async (tx: Transaction) => {
    await tx.query(`UPDATE links SET ${text} WHERE code = $1`, [code, ...values]);
    service.app.get(LinkCache).changed(tx, [code]);
  });

describe('a visit', () => {
  test('is sent on, told to others before it is answered, and counted; the second time nobody asks the database', async () => {
    const { id, path, code } = await link({ url: 'https://example.org/a?b=c' });
    const first = await visit(path, {
      referer: 'https://www.news.example/story?who=me',
      'x-forwarded-for': '192.0.2.7',
    });
    expect([first.status, first.headers.get('location')]).toEqual([302, 'https://example.org/a?b=c']);
    await eventually(() => expect(told(id)).toHaveLength(1));
    expect(told(id)[0]).toMatchObject({
      ...{ linkId: id, code, ownerId: null, referrer: 'news.example', target: 0 },
      audience: { kind: 'person', device: 'desktop', browser: 'Firefox', os: 'Linux', visitor: expect.any(String) },
    });
    expect(JSON.stringify(others.heard)).not.toMatch(/192\.0\.2\.7|127\.0\.0\.1|who=me/);
    expect(await readsDuring(async () => expect((await visit(path)).status).toBe(302))).toEqual([]);
    expect(await readsDuring(async () => expect((await visit(path, {}, other)).status).toBe(302))).toEqual([]);
    await counted(id, 3);
  });

  test('of bots and previews is counted as theirs; who asks not to be tracked is counted and is nobody', async () => {
    const { id, path } = await link();
    await visit(path, { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' });
    await visit(path, { 'user-agent': 'WhatsApp/2.23.20.0' });
    await visit(path, { dnt: '1' });
    await visit(path, { 'sec-gpc': '1' });
    await visit(path);
    await eventually(async () => expect(await countersOf(id)).toEqual({ visits: 3, previews: 1, bots: 1 }));
    const people = await link();
    const lastIs = (at: Date | null, counters: object) =>
      eventually(async () => {
        expect(await countersOf(people.id)).toMatchObject(counters);
        expect(await lastVisitTo(people.id)).toEqual(at);
      });
    const crawl = () => visit(people.path, { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' });
    await crawl();
    await lastIs(null, { bots: 1 }); // a bot is nobody
    await visit(people.path);
    await eventually(() => expect(told(people.id)).toHaveLength(2));
    const at = new Date(told(people.id)[1]!.at);
    await lastIs(at, { visits: 1 });
    await crawl();
    await lastIs(at, { bots: 2 });
    const visitors = told(id).map(({ audience: { visitor } }) => visitor);
    expect(visitors.filter((visitor) => visitor !== null)).toHaveLength(1);
  });

  test('is by the same visitor on all links of one owner, and by another on those of others', async () => {
    const [mine, others] = [uuidv7(), uuidv7()];
    const made: Awaited<ReturnType<typeof link>>[] = [];
    for (const ownerId of [mine, mine, others, null]) made.push(await link({ ownerId }));
    for (const { path } of made) await visit(path);
    const [first, second, ...strangers] = await eventually(() =>
      made.map(({ id }) => (expect(told(id)).toHaveLength(1), told(id)[0]!.audience.visitor)),
    );
    expect(second).toBe(first);
    expect(new Set([first, ...strangers]).size).toBe(3);
  });

  test.each([301, 302, 307, 308])('answers %i by choice, and nobody repeats it from memory', async (status) => {
    const { path } = await link({ status });
    for (const _memory of [false, true]) {
      const answer = await visit(path);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('cache-control')).toBe('private, no-cache');
      expect(answer.headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
    }
  });

  test('HEAD tells where it would lead, and is none', async () => {
    const { id, path } = await link();
    const ask = () => fetch(service.url + path, { method: 'HEAD', redirect: 'manual' });
    const heads = [await ask(), (await visit(path), await ask())];
    expect(heads.map(({ headers }) => headers.get('location'))).toEqual([
      'https://example.org/',
      'https://example.org/',
    ]);
    await counted(id, 1);
    const few = await link({ maxVisits: 1 });
    const head = await fetch(service.url + few.path, { method: 'HEAD', redirect: 'manual' });
    expect([head.status, head.headers.get('location'), head.headers.get('cache-control')]).toEqual([
      302,
      null,
      'no-store',
    ]);
    expect((await visit(few.path)).status).toBe(302);
  });

  test('passes path and query on where the link says so, and adds what its owner wants to know', async () => {
    const utm = { source: 'news letter', campaign: 'June & July' };
    const { path } = await link({ url: 'https://example.org/docs?utm_source=x', passPath: true, passQuery: true, utm });
    const own = 'utm_source=news+letter&utm_campaign=June+%26+July';
    expect(await sentTo(path)).toBe(`https://example.org/docs?${own}`);
    expect(await sentTo(`${path}/a%20b/?x=1&utm_source=mine`)).toBe(`https://example.org/docs/a%20b/?${own}&x=1`);
    expect((await visitRaw(`${path}/../../admin`)).status).toBe(404);
    const plain = await link();
    expect(await sentTo(`${plain.path}?x=1`)).toBe('https://example.org/');
    expect((await visit(`${plain.path}/a`)).status).toBe(404);
    expect((await visit(`${plain.path}/`)).status).toBe(302);
  });

  test('goes by device, language and country, and says which target it was', async () => {
    const rule = { device: null, language: null, country: null };
    const { id, path } = await link({
      rules: [
        { ...rule, device: 'mobile', url: 'https://example.org/m' },
        { ...rule, language: 'de', url: 'https://example.org/de' },
        { ...rule, language: 'fr', url: 'https://example.org/fr' },
        { ...rule, country: 'JP', url: 'https://example.org/jp' },
      ],
    });
    expect(await sentTo(path, { 'user-agent': IPHONE })).toBe('https://example.org/m');
    expect(await sentTo(path, { 'accept-language': 'de;q=0.4,fr-CH;q=0.8' })).toBe('https://example.org/fr');
    expect(await sentTo(path, { 'accept-language': 'en', 'cf-ipcountry': 'JP' })).toBe('https://example.org/jp');
    expect(await sentTo(path)).toBe('https://example.org/');
    await eventually(() => expect(told(id).map(({ target }) => target)).toEqual([1, 3, 4, 0]));
    expect(told(id)[2]!.audience.country).toBe('JP');
  });

  test('draws one of the targets', async () => {
    const targets = [1, 2].map((n) => ({ url: `https://example.org/${n}`, weight: 1 }));
    const { path } = await link({ url: targets[0]!.url, targets });
    const seen = new Set(await Promise.all(Array.from({ length: 40 }, () => sentTo(path)))); // all alike once in 10^12
    expect(seen).toEqual(new Set(targets.map(({ url }) => url)));
  });
});

describe('the door before the framework', () => {
  const all = ({ headers }: { headers: Headers }) =>
    Object.fromEntries([...headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name)));
  /** Those that the framework answers go through the use case; the front asks only its parts. */
  const framework = () => jest.spyOn(service.app.get(LinkFollower), 'execute');
  afterEach(() => void jest.restoreAllMocks());

  test.each<[string, Partial<LinkRow>, string?]>([
    ['plain', {}],
    ['for ever', { status: 301 }],
    ['with a query', { passQuery: true }, '?a=1&b=%2F'],
    ['with UTM', { utm: { source: 'mail' } }],
    ['by rule', { rules: [{ device: 'desktop', language: null, country: null, url: 'https://d.example/' }] }],
    ['over', { expiresAt: new Date(0) }],
  ])('answers as the framework does: %s', async (_name, row, query = '') => {
    const { path } = await link(row);
    const passed = framework();
    const ask = () => visit(path + query, { 'x-request-id': 'mine' });
    const [cold, warm] = [await ask(), await ask()];
    expect(passed).toHaveBeenCalledTimes(row.expiresAt ? 2 : 1);
    expect([warm.status, all(warm)]).toEqual([cold.status, all(cold)]);
    expect(warm.headers.get('x-request-id')).toBe('mine');
  });

  test.each<[string, Record<string, string>, Partial<LinkRow>]>([
    ['who has little time', { 'x-request-timeout-ms': '900' }, {}],
    ['a link for few', {}, { maxVisits: 5 }],
    ['a link with a password', {}, { passwordHash: 'x' }],
  ])('leaves to it: %s', async (_name, headers, row) => {
    const { path } = await link(row);
    await visit(path, headers);
    const passed = framework();
    await visit(path, headers);
    expect(passed).toHaveBeenCalledTimes(1);
  });

  test('who hangs up at once is at no address, and brings nobody down', async () => {
    const { path } = await link();
    await visit(path);
    const thrown = jest.spyOn(service.app.get(LinkFollower), 'record');
    for (let n = 0; n < 30; n++)
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(service.url).port), '127.0.0.1', () => {
          socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nUser-Agent: ${FIREFOX}\r\n\r\n`);
          socket.resetAndDestroy();
        });
        socket.once('close', () => resolve()).on('error', () => undefined);
      });
    expect((await visit(path)).status).toBe(302);
    expect(thrown.mock.results.filter(({ type }) => type === 'throw')).toEqual([]);
  });

  test('knows who comes by the address that a trusted proxy tells, as the framework does', async () => {
    const { id, path } = await link();
    const passed = jest.spyOn(other.app.get(LinkFollower), 'execute');
    for (const address of ['8.8.8.8', '8.8.8.8', '8.8.8.8', '8.8.4.4'])
      await visit(path, { 'x-forwarded-for': address }, other);
    expect(passed).toHaveBeenCalledTimes(1);
    const [cold, ...warm] = await eventually(() => {
      expect(told(id)).toHaveLength(4);
      return told(id).map(({ audience: { country, visitor } }) => ({ country, visitor }));
    });
    const another = { country: 'US', visitor: expect.not.stringContaining(cold!.visitor!) };
    expect([cold, ...warm]).toEqual([{ country: 'US', visitor: expect.any(String) }, cold, cold, another]);
  });

  test('is left alone while the service stops: the framework closes its connections', async () => {
    const { path } = await link();
    const lifecycle = service.app.get(Lifecycle);
    await visit(path);
    await lifecycle.announce(0);
    const { status, headers } = await visit(path);
    lifecycle.stopping = false;
    expect([status, headers.get('connection')]).toEqual([302, 'close']);
  });

  test('is left alone while faults are set: the framework lets them strike', async () => {
    const { path } = await link();
    const status = async () => (await fetch(service.url + path, { redirect: 'manual' })).status; // OpenAPI announces no faults
    const headers = { authorization: `Bearer ${SECRET}` };
    const statuses = [await status()];
    await service.put('/internal/v1/faults', { headers, body: { errors: 1, path } });
    statuses.push(await status());
    await service.delete('/internal/v1/faults', { headers });
    expect([...statuses, await status()]).toEqual([302, 500, 302]);
  });

  test('is counted among all requests', async () => {
    const { path } = await link();
    await visit(path);
    const registry = fastify();
    await metrics(registry); // from here on it counts for all of this process
    await visit(path);
    const { body } = await registry.inject('/metrics');
    expect(body).toContain('duration_seconds_count{method="GET",route="/s/:code",status="3xx"} 1\n');
  });
});

describe('a link that leads nowhere', () => {
  test('is told to people as a page and to programs as problem details', async () => {
    const { path } = await link({ expiresAt: new Date(0) });
    const page = await visit(path, { accept: PAGE });
    expect([page.status, page.headers.get('content-type')]).toEqual([410, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    expect(page.body).toContain('This link has expired');
    for (const accept of ['*/*', 'application/json', 'application/problem+json, text/html;q=0.5']) {
      const problem = await visit(path, { accept });
      expect([problem.status, problem.body.code]).toEqual([410, 'links.expired']);
    }
    expect((await visit('/s/nobody', { accept: PAGE })).body).toContain('No link leads on from this address');
    expect((await visit('/s/nobody')).body).toMatchObject({ status: 404, code: 'links.nothing-here' });
  });

  test('that nobody has ever seen costs one read of an index, and then none, in any instance', async () => {
    expect(await readsDuring(() => visit('/s/never-seen'))).toHaveLength(1);
    expect(await readsDuring(() => visit('/s/never-seen'))).toEqual([]);
    expect(await readsDuring(() => visit('/s/never-seen', {}, other))).toEqual([]);
    expect(await readsDuring(() => visit('/s/no.code'))).toEqual([]);
    await sql('ANALYZE links');
    const plan = await service.app.get(DataSource).transaction(async (tx) => {
      await tx.query('SET LOCAL enable_seqscan = off'); // a table of a few rows is read whole
      return tx.query(`EXPLAIN ${SERVED_LINK.text.replace('$1', "'x'")}`);
    });
    expect(JSON.stringify(plan)).toContain('links_code');
  });

  test('becomes one in every instance once it is made', async () => {
    for (const each of [service, other]) expect((await visit('/s/made-now', {}, each)).status).toBe(404);
    await link({ code: 'made-now' });
    await change('made-now', 'title = title');
    expect((await visit('/s/made-now')).status).toBe(302);
    await eventually(async () => expect((await visit('/s/made-now', {}, other)).status).toBe(302));
  });

  test('begins and ends by the clock, to the millisecond, whatever is cached', async () => {
    const begin = Date.parse('2031-05-05T05:05:05Z');
    const { path } = await link({ startsAt: new Date(begin), expiresAt: new Date(begin + 1_000) });
    const options = service.app.get(REDIRECTS_OPTIONS) as { now: () => number };
    const { now } = options;
    const statuses: number[] = [];
    for (const ms of [-1, 0, 999, 1_000]) {
      options.now = () => begin + ms;
      statuses.push((await visit(path)).status);
    }
    options.now = now;
    expect(statuses).toEqual([404, 302, 302, 410]);
  });

  test('since a moderator disabled it, or its host, says so everywhere, and leads on again when that is over', async () => {
    const { path, code } = await link({
      url: 'https://a.bad.example/',
      hosts: ['a.bad.example', 'bad.example', 'example'],
    });
    const everywhere = (status: number) =>
      eventually(async () =>
        expect(await Promise.all([service, other].map(async (each) => (await visit(path, {}, each)).status))).toEqual([
          status,
          status,
        ]),
      );
    await everywhere(302);
    await change(code, 'disabled_reason = $2, disabled_at = now()', ['Phishing']);
    expect((await visit(path)).body).toMatchObject({
      code: 'links.disabled',
      detail: expect.stringContaining('Phishing'),
    });
    await everywhere(410);
    await change(code, 'disabled_reason = NULL, disabled_at = NULL');
    await everywhere(302);
    const disableHost = (text: string) =>
      service.app.get(Transactions).run(async (tx) => {
        await tx.query(text);
        service.app.get(LinkCache).hostChanged(tx, 'bad.example');
      });
    await disableHost(
      `INSERT INTO disabled_hosts (host, reason, disabled_by) VALUES ('bad.example', 'Malware', '${uuidv7()}')`,
    );
    expect((await visit(path, { accept: PAGE })).body).toContain('Malware');
    await everywhere(410);
    await disableHost('DELETE FROM disabled_hosts');
    await everywhere(302);
    await change(code, 'deleted_at = now()');
    expect((await visit(path)).body).toMatchObject({ status: 410, code: 'links.deleted' });
  });
});

test('what is written through the API holds for visitors of every instance, whatever was in their memory', async () => {
  const [author, moderator] = await Promise.all([service.someone('author'), service.someone('moderator')]);
  const [path, link, host] = ['/s/by-the-api', '/api/v1/links/by-the-api', '/api/v1/link-hosts/written.example'];
  const seenAt = async (at: RunningService) => {
    const { status, headers } = await visit(path, {}, at);
    return headers.get('location') ?? status;
  };
  /** At once where it was written, and soon in the other instance: sooner by far than what is cached ends by itself. */
  const isNow = async (answer: string | number) => {
    expect(await seenAt(service)).toBe(answer);
    await eventually(async () => expect(await seenAt(other)).toBe(answer));
  };
  const write = async (method: 'post' | 'patch' | 'delete', to: string, as: Someone, body?: object) =>
    expect(String((await service[method](to, { as, body })).status)).toMatch(/^20[014]$/);
  const [one, two] = [1, 2].map((n) => `https://www.written.example/${n}`) as [string, string];
  await isNow(404);
  await write('post', '/api/v1/links', author, { code: 'by-the-api', url: one });
  await isNow(one);
  await write('patch', link, author, { url: two });
  await isNow(two);
  await write('post', `${link}/disable`, moderator, { reason: 'Phishing' });
  await isNow(410);
  await write('post', `${link}/enable`, moderator);
  await isNow(two);
  await write('post', `${host}/disable`, moderator, { reason: 'Malware' });
  await isNow(410);
  await write('post', `${host}/enable`, moderator);
  await isNow(two);
  await write('delete', link, author);
  await isNow(410);
  await sql(`UPDATE links SET deleted_at = now() - interval '91 days' WHERE code = 'by-the-api'`);
  await service.app.get(FreeCodesJob).run();
  await isNow(404);
});

describe('a link with so many visits and no more', () => {
  test('lets exactly those through, of a thousand at once in two instances, and tells it once', async () => {
    const { id, path, code } = await link({ maxVisits: 137 });
    const agent = new Agent({ keepAlive: true, maxTotalSockets: 250 }); // both ends are of this process, which may have 1,024 files
    const one = (n: number): Promise<number> =>
      new Promise((resolve, reject) =>
        httpRequest((n % 2 ? service : other).url + path, { agent, headers: { 'user-agent': FIREFOX } }, (answer) => {
          answer.resume().once('end', () => resolve(answer.statusCode!));
        })
          .on('error', reject)
          .end(),
      );
    const statuses = await Promise.all(Array.from({ length: 1_000 }, (_, n) => one(n)));
    agent.destroy();
    expect([302, 410].map((status) => statuses.filter((each) => each === status).length)).toEqual([137, 863]);
    await counted(id, 137);
    await eventually(() => expect(others.heard.filter(({ type, subject }) => type === linkLimitReached.type && subject === id)).toMatchObject([{ data: { linkId: id, code, ownerId: null, maxVisits: 137 } }])); // prettier-ignore
    expect(told(id)).toHaveLength(137);
    expect((await visit(path)).body).toMatchObject({ status: 410, code: 'links.used-up' });
    expect(await statementsDuring(() => visit(path))).toEqual([]);
    await change(code, 'max_visits = 138');
    expect([(await visit(path)).status, (await visit(path)).status]).toEqual([302, 410]);
  }, 60_000);

  test('of which the owner allows no more than were made is used up, and that is told once, also while they are made', async () => {
    const ada = await service.someone('author');
    const allow = async (code: string, maxVisits: number) =>
      (await service.patch(`/api/v1/links/${code}`, { as: ada, body: { maxVisits } })).body.state as string;
    const limitsTold = (id: string) =>
      others.heard
        .filter(({ type, subject }) => type === linkLimitReached.type && subject === id)
        .map(({ data }) => (data as { maxVisits: number }).maxVisits);
    const lowered = await link({ ownerId: ada.id, maxVisits: 3 });
    expect([(await visit(lowered.path)).status, (await visit(lowered.path)).status]).toEqual([302, 302]);
    expect([await allow(lowered.code, 2), await allow(lowered.code, 1)]).toEqual(['exhausted', 'exhausted']);
    expect((await visit(lowered.path)).status).toBe(410);

    const raced = await Promise.all(Array.from({ length: 12 }, () => link({ ownerId: ada.id, maxVisits: 10 })));
    const visits = raced.flatMap(({ path }) => Array.from({ length: 8 }, (_, n) => visit(path, {}, n % 2 ? service : other))); // prettier-ignore
    await Promise.all([...visits, ...raced.map(({ code }) => allow(code, 5))]);

    const all = [lowered, ...raced];
    // Of one link they come in order: when the last of them is there, so are the others.
    for (const { code } of all)
      expect([await allow(code, 1_000), await allow(code, 1)]).toEqual(['active', 'exhausted']);
    await eventually(
      () => expect(all.map(({ id }) => limitsTold(id))).toEqual([[2, 1], ...raced.map(() => [5, 1])]),
      15_000,
    );
  }, 60_000);

  test('lets those through who have time, whatever the hurry of whom they wait behind', async () => {
    const { id, path } = await link({ maxVisits: 5 });
    await fetch(service.url + path, { method: 'HEAD' }); // it is in memory, and nobody has taken any
    const holder = service.app.get(DataSource).createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT FROM links WHERE id = $1 FOR UPDATE', [id]);
    const hurried = visit(path, { 'x-request-timeout-ms': '300' });
    const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await Promise.race([hurried, eventually(async () => expect(await sql(waits)).toHaveLength(1))]);
    const patient = visit(path);
    expect((await hurried).status).toBe(504);
    await holder.rollbackTransaction();
    await holder.release();
    expect((await patient).status).toBe(302);
  });

  test.each(['disabled_at', 'deleted_at'])(
    'lets nobody through since %s, though no instance has heard of it',
    async (since) => {
      const { id, path } = await link({ maxVisits: 2 });
      expect((await visit(path)).status).toBe(302);
      await sql(`UPDATE links SET ${since} = now() WHERE id = $1`, [id]);
      expect((await visit(path)).status).toBe(410);
    },
  );
});

describe('a link with a password', () => {
  const open = (path: string, password: string, headers: Record<string, string> = {}) =>
    fetch(service.url + path, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ password }),
      headers: { accept: PAGE, 'user-agent': FIREFOX, ...headers },
    });

  test('asks for it and leads on by it; what is typed is in no address, and nobody stores where it leads', async () => {
    const { id, path } = await link({ passwordHash: await hashPassword('sesame <3') });
    const form = await visit(path, { accept: PAGE });
    expect([form.status, form.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(form.body).toContain('<form method="post">');
    expect(await visit(path)).toMatchObject({ status: 403, body: { code: 'links.password-required' } });
    const wrong = await open(path, 'Sesame');
    expect([wrong.status, wrong.headers.get('location')]).toEqual([403, null]);
    expect(await wrong.text()).toContain('This is not the password');
    const right = await open(path, 'sesame <3', { origin: 'https://go.example.org', 'sec-fetch-site': 'same-origin' });
    expect([right.status, right.headers.get('location')]).toEqual([303, 'https://example.org/']);
    expect([right.headers.get('cache-control'), right.headers.get('referrer-policy')]).toEqual([
      'no-store',
      'no-referrer',
    ]);
    const json = await service.post(path, { body: { password: 'sesame <3' }, headers: { 'user-agent': FIREFOX } });
    expect(json.status).toBe(303);
    await counted(id, 2);
  });

  test('is opened by no password once it is deleted, though this instance has not heard of it', async () => {
    const { id, path } = await link({ passwordHash: await hashPassword('sesame') });
    expect((await open(path, 'wrong')).status).toBe(403);
    await sql(`UPDATE links SET deleted_at = now(), url = '', password_hash = NULL WHERE id = $1`, [id]);
    const answer = await open(path, 'wrong');
    expect([answer.status, answer.headers.get('location')]).toEqual([410, null]);
  });

  test('takes none from a page of another site, and none that is no text', async () => {
    const { path } = await link({ passwordHash: await hashPassword('sesame') });
    const foreign: Record<string, string>[] = [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]; // prettier-ignore
    for (const headers of foreign) expect((await open(path, 'sesame', headers)).status).toBe(403);
    const own: Record<string, string>[] = [{ origin: 'https://alt.example' }, { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }]; // prettier-ignore
    for (const headers of own) expect((await open(path, 'sesame', headers)).status).toBe(303);
    expect((await open(path, '')).status).toBe(400);
    expect(await service.post(path, { body: { password: 1 } })).toMatchObject({ status: 400 });
    expect(await service.post('/s/nobody', { body: { password: 'x' } })).toMatchObject({ status: 404 });
  });

  test('lets one place guess ten times, also at once; right ones do not count', async () => {
    const passwordHash = await hashPassword('sesame');
    const { path } = await link({ passwordHash });
    for (let n = 0; n < 2; n++) expect((await open(path, 'sesame')).status).toBe(303);
    const statuses = (await Promise.all(Array.from({ length: 15 }, () => open(path, 'wrong')))).map(
      ({ status }) => status,
    );
    expect(statuses.sort()).toEqual([...Array(10).fill(403), ...Array(5).fill(429)]);
    const late = await open(path, 'sesame');
    expect([late.status, Number(late.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect(await service.post(path, { body: { password: 'sesame' } })).toMatchObject({
      status: 429,
      body: { code: 'links.too-many-passwords' },
    });
    const elsewhere = await link({ passwordHash });
    expect((await open(elsewhere.path, 'sesame')).status).toBe(303);
  }, 30_000);

  test('lets many places guess 300 times together', async () => {
    const { id, path } = await link({ passwordHash: await hashPassword('sesame') });
    await sql(`INSERT INTO limit_counts VALUES (sha256(('password-link ' || $1)::bytea), 299, now() + interval '1 hour')`, [id]); // prettier-ignore
    const guess = async (from: string) => (await open(path, 'wrong', { 'x-forwarded-for': from })).status;
    expect([await guess('192.0.2.1'), await guess('198.51.100.1')]).toEqual([403, 429]);
  });
});

test('an event that comes twice is counted once, and what it tells of unknown links is left out; who came before is not who came last', async () => {
  const { id, code } = await link();
  const at = new Date().toISOString();
  const audience = { kind: 'person', visitor: null, visitorOfYesterday: null, country: null, device: 'other', browser: null, os: null }; // prettier-ignore
  const visits = [id, id, uuidv7()].map((linkId) => ({ id: uuidv7(), linkId, code, ownerId: null, at, referrer: null, target: 0, audience })); // prettier-ignore
  const batchId = uuidv7();
  const event = {
    ...{ specversion: '1.0', id: uuidv7(), source: '/cairn/links', type: linkVisitsRecorded.type, time: at },
    ...{ subject: batchId, datacontenttype: 'application/json', data: { batchId, visits } },
  };
  const record = { topic: linkVisitsRecorded.topic, key: batchId, headers: {}, value: JSON.stringify(event) };
  const broker = service.app.get<Broker>(BROKER);
  await Promise.all([broker.publish([record, record]), broker.publish([record])]);
  const before = visits.map((visit) => ({ ...visit, at: new Date(0).toISOString() }));
  await counted(id, 2);
  await broker.publish([{ ...record, value: JSON.stringify({ ...event, id: uuidv7(), data: { batchId, visits: before } }) }]); // prettier-ignore
  await counted(id, 4); // of two events, in the order of one key: the copies have been handled by then
  expect(await countersOf(id)).toEqual({ visits: 4, previews: 0, bots: 0 });
  expect(await lastVisitTo(id)).toEqual(new Date(at));
});

test('without PostgreSQL an instance is ready and goes on with what it knows, and says of the rest that it does not', async () => {
  const [{ id, path }, elsewhere, unknown] = [await link(), await link(), await link()];
  await visit(path, {}, other);
  await visit(elsewhere.path);
  way.cut();
  const { status, body } = await other.get('/health/ready');
  expect([status, body]).toEqual([200, expect.objectContaining({ status: 'degraded' })]);
  expect(body.dependencies.postgres).toMatchObject({ status: 'unavailable', required: false });
  const seen = [];
  for (const each of [path, elsewhere.path, unknown.path]) seen.push((await visit(each, {}, other)).status);
  expect(seen).toEqual([302, 302, 503]);
  way.restore();
  expect((await visit(unknown.path, {}, other)).status).toBe(302);
  await counted(id, 2);
});

test('who starts while identity is away is sent visits, and refuses only what needs a token', async () => {
  const alone = await startService(links, { JWKS_URL: 'http://127.0.0.1:1/jwks.json' });
  try {
    const { status, body } = await alone.get('/health/ready');
    expect([status, body.status, body.dependencies.jwks.status]).toEqual([200, 'degraded', 'unavailable']);
    await insertLinks((text, values) => alone.app.get(DataSource).query(text, values), { code: 'alone' });
    expect((await visit('/s/alone', {}, alone)).status).toBe(302);
    expect((await alone.get('/api/v1/links', { as: await alone.someone('author') })).status).toBe(503);
  } finally {
    await alone.stop();
  }
});
