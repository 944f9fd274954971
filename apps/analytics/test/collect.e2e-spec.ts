import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  commentAdded,
  hitsReceived,
  linkVisitsRecorded,
  postPublished,
  userDeleted,
  type LinkVisit,
} from '@cairn/contracts/events';
import { AnotherService, BROKER } from '@cairn/messaging/testing';
import { eventually as within, startService, type RunningService, type Someone } from '@cairn/testing';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { analytics } from '../src/app.module.ts';

let service: RunningService;
let others: AnotherService;
let ada: Someone, bob: Someone, admin: Someone;
beforeAll(async () => {
  service = await startService(analytics);
  others = new AnotherService(service.app.get(BROKER));
  await others.hear(hitsReceived);
  [ada, bob, admin] = await Promise.all(['author', 'author', 'admin'].map((role) => service.someone(role))) as [Someone, Someone, Someone]; // prettier-ignore
});
afterAll(() => service.stop());

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const HOUR = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

/** What passes through the broker takes its time where the machine is busy. */
const eventually = <T>(assertion: () => T | Promise<T>) => within(assertion, 30_000);

interface Site {
  readonly id: string;
  readonly key: string;
}
async function site(settings: object = {}, as = ada): Promise<Site> {
  const { status, body } = await service.post('/api/v1/sites', { as, body: { name: 'Pages', ...settings } });
  expect(status).toBe(201);
  return body as Site;
}
const collect = (body: object, headers: Record<string, string> = {}) =>
  service.post('/api/v1/collect', { headers: { 'user-agent': BROWSER, ...headers }, body });
const raw = (body: string | Buffer, headers: Record<string, string>) =>
  fetch(`${service.url}/api/v1/collect`, { method: 'POST', headers: { 'user-agent': BROWSER, ...headers }, body: new Uint8Array(Buffer.from(body)) }); // prettier-ignore
const rows = <Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> =>
  service.app.get(DataSource).query(text, values);
const hitsOf = ({ id }: { id: string }) => rows('SELECT * FROM hits WHERE site_id = $1 ORDER BY at, id', [id]);
const stored = (of: { id: string }, count: number) =>
  eventually(async () => {
    const hits = await hitsOf(of);
    expect(hits).toHaveLength(count);
    return hits;
  });
/** Behind it in the stream: when it is stored, what came before has been handled. */
const settled = async (mine: Site, before: number) => {
  await collect({ site: mine.key, name: 'settled' });
  return stored(mine, before + 1);
};

describe('collecting', () => {
  test('a hit is taken and stored', async () => {
    const mine = await site({ timeZone: 'europe/vienna' });
    const { status, body } = await collect({
      site: mine.key,
      id: randomUUID(),
      url: 'https://example.org/pricing?utm_source=letter&email=ada@example.org',
      referrer: 'https://www.news.example/a?b=c',
      props: { plan: 'team', by: 'ada@example.org' },
      revenue: { amount: 1999, currency: 'EUR' },
    });
    expect([status, body]).toEqual([202, { accepted: 1, rejected: [] }]);
    const [hit] = await stored(mine, 1);
    expect(hit).toMatchObject({
      name: 'pageview',
      path: '/pricing',
      referrer: 'news.example',
      utm_source: 'letter',
      kind: 'person',
      browser: 'Firefox',
      device: 'desktop',
      visitor: expect.stringMatching(/^[0-9a-f-]{36}$/),
      is_consented: false,
      props: { plan: 'team', by: ':email' },
      amount: '1999',
      currency: 'EUR',
    });
    expect(await rows('SELECT * FROM changed_hours WHERE site_id = $1', [mine.id])).toHaveLength(1);
  });

  test('a client that repeats itself is counted once: at once, later, with another time, in one batch', async () => {
    const mine = await site();
    const [id, other] = [randomUUID(), randomUUID()];
    const hit = { id, name: 'sign-up', at: ago(2 * HOUR) };
    await Promise.all(Array.from({ length: 20 }, () => collect({ site: mine.key, ...hit })));
    await collect({ site: mine.key, hits: [hit, hit, { id: other.toUpperCase() }, { id: other }] });
    await collect({ site: mine.key, ...hit, at: ago(50 * HOUR) });
    const another = await site();
    await collect({ site: another.key, ...hit }); // ids are a site's own
    await stored(another, 1);
    expect((await settled(mine, 2)).map((each) => each.id).sort()).toEqual(expect.arrayContaining([id, other].sort()));
  });

  test('late hits land on their day; clocks that are wrong are corrected, impossible times are rejected', async () => {
    const mine = await site();
    const sentAt = ago(-10 * HOUR); // ten hours ahead
    const { body } = await collect({
      site: mine.key,
      sentAt,
      hits: [
        { name: 'late', at: ago(6 * 24 * HOUR - 10 * HOUR) },
        { name: 'too late', at: ago(8 * 24 * HOUR - 10 * HOUR) },
        { name: 'after it was sent', at: ago(-11 * HOUR) },
      ],
    });
    expect(body).toMatchObject({ accepted: 1, rejected: [{ index: 1 }, { index: 2, errors: [{ path: 'at' }] }] });
    const [hit] = await stored(mine, 1);
    expect(Math.abs((hit!.at as Date).getTime() - Date.parse(ago(6 * 24 * HOUR)))).toBeLessThan(60_000);
  });

  test('sendBeacon: JSON as text/plain, from a page on another origin', async () => {
    const mine = await site();
    const answer = await raw(JSON.stringify({ site: mine.key, name: 'beacon' }), {
      'content-type': 'text/plain;charset=UTF-8',
      origin: 'https://pages.example',
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([202, '*']);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    await stored(mine, 1);
    expect((await service.post('/api/v1/sites', { as: ada, headers: { 'content-type': 'text/plain' }, body: {} })).status).toBe(415); // prettier-ignore
  });

  test('preflights are answered, and what is refused can be read by the page', async () => {
    const preflight = await fetch(`${service.url}/api/v1/collect`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://pages.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('Content-Type');
    for (const [body, status] of [
      ['{', 400],
      ['{}', 400],
      ['{"site":"x","name":"y"}', 404],
    ] as const) {
      const refused = await raw(body, { 'content-type': 'application/json', origin: 'https://pages.example' });
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([status, '*']);
    }
  });

  test('a site takes hits from its own origins only, as soon as its owner says so', async () => {
    const mine = await site({ allowedOrigins: ['https://example.org/'] });
    const from = (origin?: string) => collect({ site: mine.key, name: 'x' }, origin ? { origin } : {});
    expect((await from('https://example.org')).status).toBe(202);
    for (const origin of ['https://evil.example', 'https://example.org.evil.example', 'null', undefined])
      expect(await from(origin)).toMatchObject({ status: 403, body: { code: 'analytics.origin-not-allowed' } });
    await service.patch(`/api/v1/sites/${mine.id}`, { as: ada, body: { allowedOrigins: [] } });
    expect((await from('https://evil.example')).status).toBe(202);
  });

  test.each([
    ['no JSON', '{"site":', 400],
    ['nothing', '', 400],
    ['a number', '7', 400],
    ['a list', '[]', 400],
    ['null', 'null', 400],
    ['no hits', '{"site":"KEY","hits":[]}', 400],
    ['hits that are none', '{"site":"KEY","hits":7}', 400],
    ['too many', `{"site":"KEY","hits":[${Array(1_001).fill('{}')}]}`, 400],
    ['an unknown field beside hits', '{"site":"KEY","hits":[{}],"cookie":"x"}', 400],
    ['a prototype', '{"site":"KEY","hits":[{"__proto__":{"name":"x"}}]}', 400],
    ['too large', `{"site":"KEY","hits":[{"url":"${'x'.repeat(2_100_000)}"}]}`, 413],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 400],
    ['a key of another kind', '{"site":{"$gt":""},"name":"x"}', 400],
  ])('%s is refused, as JSON and as text', async (_name, body, status) => {
    const mine = await site();
    const sent = typeof body === 'string' ? body.replace('KEY', mine.key) : body;
    for (const type of ['application/json', 'text/plain']) {
      const answer = await raw(sent, { 'content-type': type });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json; charset=utf-8']); // prettier-ignore
    }
  });

  test('a key that no site can have is a 400 that names it, and no fault of ours', async () => {
    for (const key of ['a\u0000', '\ud800', '', 'x'.repeat(101), "' OR 1=1"]) {
      const { status, body } = await collect({ site: key, name: 'x' });
      expect([status, body.errors[0].path]).toEqual([400, 'site']);
    }
    const mine = await site();
    const { body } = await collect({
      site: mine.key,
      hits: [Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`no${n}`, n]))],
    });
    expect(body.rejected[0].errors).toHaveLength(20);
  });

  test('whatever a row is, it holds up no other', async () => {
    const mine = await site();
    const hostile: unknown[] = [
      7, null, 'x', [], [[]], { name: '' }, { name: 'a\u0000b' }, { name: '\ud800' }, { name: 'x'.repeat(101) }, { id: 'x' }, { at: 'yesterday' },
      { at: '0000-00-00T00:00:00Z' }, { at: '9999-12-31T23:59:59Z' }, { url: 'javascript:alert(1)' }, { url: 'x'.repeat(5_000) }, { props: [] },
      { props: { a: { b: 1 } } }, { props: { a: '\u0000' } }, { props: { '\u0000': 1 } }, { props: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`p${n}`, n])) },
      { revenue: { amount: 1.5, currency: 'EUR' } }, { revenue: { amount: 1e300, currency: 'EUR' } }, { revenue: { amount: 1, currency: 'eur' } },
      { visitorId: { $ne: 1 } }, { toString: 1 }, { hasOwnProperty: 'x' },
    ]; // prettier-ignore
    const { status, body } = await collect({ site: mine.key, hits: [{ name: 'good' }, ...hostile, { name: 'good' }] });
    expect(status).toBe(202);
    expect(body.rejected.map(({ index }: { index: number }) => index)).toEqual(hostile.map((_, index) => index + 1));
    expect(body.accepted).toBe(2);
    await stored(mine, 2);
    const { body: page } = await service.get(`/api/v1/operations/analytics/rejected-rows?siteId=${mine.id}&limit=100`, { as: ada }); // prettier-ignore
    expect(page.items).toHaveLength(hostile.length);
  });
});

describe('privacy', () => {
  test('an address, a visitor id and an e-mail address are nowhere: not in the stream, not in a table, not among what is rejected', async () => {
    const mine = await site();
    const secrets = [
      '127.0.0.1',
      'visitor-7f3a',
      'ada@example.org',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP',
    ];
    const [, visitorId, email, token] = secrets as [string, string, string, string];
    const url = `https://example.org/u/${email}/${token}?token=${token}`;
    const props = { email, token };
    await collect({
      site: mine.key,
      hits: [
        { visitorId, url, props },
        { visitorId, url, props, oops: email },
      ],
    });
    await stored(mine, 1);
    const told = await eventually(() => {
      const events = others.heard.filter((event) => JSON.stringify(event).includes(mine.id));
      expect(events).toHaveLength(1);
      return events;
    });
    const kept = await rows('SELECT * FROM rejected_rows WHERE site_id = $1', [mine.id]);
    const everything = JSON.stringify([told, await hitsOf(mine), kept]);
    expect(kept).toHaveLength(1);
    for (const secret of secrets) expect(everything).not.toContain(secret);
  });

  test('an agreed visitor is the same on other days and unknown to other sites; who asks not to be tracked is nobody', async () => {
    const [mine, another] = [await site(), await site()];
    const visitorId = 'v1';
    await collect({ site: mine.key, hits: [{ visitorId }, { visitorId, at: ago(30 * HOUR) }, { visitorId: 'v2' }] });
    await collect({ site: another.key, visitorId });
    const [before, ...today] = await stored(mine, 3);
    const [there] = await stored(another, 1);
    expect(new Set([before!, ...today].map(({ visitor }) => visitor)).size).toBe(2);
    expect(today.map(({ visitor }) => visitor)).toContain(before!.visitor);
    expect(there!.visitor).not.toBe(before!.visitor);
    expect(before!.is_consented).toBe(true);

    const quiet = await site();
    await collect({ site: quiet.key, visitorId }, { dnt: '1' });
    await collect({ site: quiet.key, visitorId }, { 'sec-gpc': '1' });
    await collect({ site: quiet.key, visitorId }, { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' });
    const nobodies = await stored(quiet, 3);
    expect(nobodies.map(({ kind, visitor, is_consented }) => [kind, visitor, is_consented])).toEqual(
      expect.arrayContaining([['person', null, false], ['bot', null, false]]), // prettier-ignore
    );
    expect(nobodies.every(({ visitor }) => visitor === null)).toBe(true);
  });

  test('a visitor without a cookie is one on a day of a site, and another elsewhere', async () => {
    const [mine, another] = [await site(), await site()];
    for (const key of [mine.key, mine.key, another.key]) await collect({ site: key, name: 'x' });
    const visitors = (await stored(mine, 2)).map(({ visitor }) => visitor);
    expect(visitors[0]).toBe(visitors[1]);
    expect((await stored(another, 1))[0]!.visitor).not.toBe(visitors[0]);
  });
});

describe('rejected rows', () => {
  const path = '/api/v1/operations/analytics/rejected-rows';
  const listed = async (mine: Site, as = ada) => (await service.get(`${path}?siteId=${mine.id}`, { as })).body.items;

  test('can be read by the owner and admins, mended and replayed into the hour in which they came', async () => {
    const mine = await site();
    const at = ago(3 * HOUR);
    await collect({ site: mine.key, hits: [{ url: '/pricing', at, visitorId: 'v1' }, { naem: 'x' }] });
    const [first, second] = await listed(mine);
    expect(first).toMatchObject({ row: { url: '/pricing' }, reason: 'url: Must be an http or https URL' });
    expect(second.reason).toBe('naem: Unknown field');
    expect(await listed(mine, bob)).toEqual([]);
    expect(await listed(mine, admin)).toHaveLength(2);

    const replay = (as: Someone, change = {}, id = first.id) => service.post(`${path}/${id}/replay`, { as, body: { change } }); // prettier-ignore
    expect((await replay(bob)).status).toBe(404);
    expect(await replay(ada)).toMatchObject({ status: 400, body: { errors: [{ path: 'url' }] } });
    const mended = { url: 'https://example.org/pricing' };
    const answers = await Promise.all([replay(ada, mended), replay(admin, mended), replay(ada, mended)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
    expect((await hitsOf(mine))[0]).toMatchObject({ path: '/pricing', at: new Date(at), is_consented: true });

    expect((await service.delete(`${path}/${second.id}`, { as: bob })).status).toBe(404);
    expect((await service.delete(`${path}/${second.id}`, { as: ada })).status).toBe(204);
    expect(await listed(mine)).toEqual([]);
  });

  test('a large one is kept as its beginning', async () => {
    const mine = await site();
    const large = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`no${n}`, 'word '.repeat(500)]));
    await collect({ site: mine.key, hits: [large] });
    const [kept] = await listed(mine);
    expect(kept.row).toMatch(/^\{"no0":"word word .*…$/);
    expect(kept.row.length).toBeLessThan(2_010);
  });

  test('there are only so many of a site', async () => {
    const mine = await site();
    for (let n = 0; n < 3; n++) await collect({ site: mine.key, hits: Array(500).fill({ oops: n }) });
    expect(await rows('SELECT count(*)::integer AS n FROM rejected_rows WHERE site_id = $1', [mine.id])).toEqual([{ n: 1_000 }]); // prettier-ignore
  });
});

test('the script is small, cached, and for pages of any origin', async () => {
  const { status, headers, body } = await service.get('/collect.js');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
  expect(Buffer.byteLength(body)).toBeLessThan(1_024);
  expect(() => new Function(body)).not.toThrow();
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('cache-control')).toMatch(/^public, max-age=\d+/);
  const again = await service.get('/collect.js', { headers: { 'if-none-match': headers.get('etag')! } });
  expect([again.status, again.body]).toEqual([304, '']);
});

test('who starts while identity is away is sent hits, and refuses only what needs a token', async () => {
  const alone = await startService(analytics, { JWKS_URL: 'http://127.0.0.1:1/jwks.json' });
  try {
    const { status, body } = await alone.get('/health/ready');
    expect([status, body.status, body.dependencies.jwks.status]).toEqual([200, 'degraded', 'unavailable']);
    await alone.app
      .get(DataSource)
      .query(`INSERT INTO sites (id, kind, name, key) VALUES (gen_random_uuid(), 'web', 'Site', 'alone')`);
    const hit = { site: 'alone', url: 'https://example.org' };
    expect((await alone.post('/api/v1/collect', { headers: { 'user-agent': BROWSER }, body: hit })).status).toBe(202);
    expect((await alone.get('/api/v1/sites', { as: await alone.someone('author') })).status).toBe(503);
  } finally {
    await alone.stop();
  }
});

describe('what other services tell', () => {
  const audience = { kind: 'person', visitor: randomUUID(), visitorOfYesterday: null, country: 'AT', device: 'mobile', browser: 'Firefox', os: null } as const; // prettier-ignore
  const visit = (ownerId: string | null, more: Partial<LinkVisit> = {}): LinkVisit => ({
    ...{ id: uuidv7(), linkId: randomUUID(), code: 'summer', ownerId, at: ago(0), referrer: null, target: 0, audience },
    ...more,
  });
  const tell = (...visits: LinkVisit[]) => others.publish(linkVisitsRecorded, { batchId: uuidv7(), visits });
  const linksOf = async (as: Someone) => (await service.get('/api/v1/sites?kind=links', { as })).body.items as Site[];
  const theirs = (as: Someone) => eventually(async () => (expect(await linksOf(as)).toHaveLength(1), (await linksOf(as))[0]!)); // prettier-ignore

  test('visits of links are the hits of one site of their owner, made by the first of them', async () => {
    const eve = await service.someone();
    const twice = visit(eve.id);
    await Promise.all(Array.from({ length: 8 }, () => tell(twice, visit(eve.id))));
    await tell(visit(null));
    const mine = await theirs(eve);
    const hits = await stored(mine, 9);
    expect(hits[0]).toMatchObject({ name: 'link-visit', path: '/s/summer', country: 'AT', device: 'mobile' });
    expect(hits.map(({ id }) => id)).toContain(twice.id);
    const nobodys = await theirs(admin);
    await stored(nobodys, 1);
    expect(await service.delete(`/api/v1/sites/${mine.id}`, { as: eve })).toMatchObject({ status: 409, body: { code: 'analytics.site-made-by-itself' } }); // prettier-ignore
    expect((await service.patch(`/api/v1/sites/${mine.id}`, { as: eve, body: { timeZone: 'Europe/Vienna' } })).status).toBe(409); // prettier-ignore
    expect((await service.patch(`/api/v1/sites/${mine.id}`, { as: eve, body: { name: 'My links' } })).status).toBe(200);
    const [{ key }] = await service.app.get(DataSource).query('SELECT key FROM sites WHERE id = $1', [mine.id]);
    expect([mine.key, (await collect({ site: key, name: 'x' })).status]).toEqual([null, 404]); // pages have no part in it
  });

  test('a visit is a click on its link, and says where it came from and which target it was', async () => {
    const eve = await service.someone();
    const linkId = randomUUID();
    await tell(visit(eve.id, { linkId, referrer: 'news.example', target: 2 }), visit(eve.id));
    const hits = await stored(await theirs(eve), 2);
    expect(hits).toContainEqual(expect.objectContaining({ referrer: 'news.example', props: { linkId, target: 2 } }));
    const query = `{ _entities(representations: [{ __typename: "Link", id: "${linkId}" }]) { ... on Link { clicks { visits visitorDays } } } }`;
    const { body } = await service.post('/graphql', { as: eve, body: { query } });
    expect(body).toEqual({ data: { _entities: [{ clicks: { visits: 1, visitorDays: 1 } }] } });
  });

  test('what happens in the blog is for admins', async () => {
    const post = { postId: uuidv7(), authorId: uuidv7() };
    await others.publish(postPublished, {
      ...post,
      slug: 'hello',
      title: 'Hello',
      publishedAt: '2019-01-01T00:00:00Z',
    }); // imported
    const commentId = uuidv7();
    await others.publish(commentAdded, { commentId, postId: post.postId, postSlug: 'hello', authorId: uuidv7(), postAuthorId: post.authorId, parentCommentId: null, parentCommentAuthorId: null }); // prettier-ignore
    const blog = await eventually(async () => {
      const { items } = (await service.get('/api/v1/sites?kind=blog', { as: admin })).body;
      expect(items).toHaveLength(1);
      return items[0] as Site;
    });
    const hits = await stored(blog, 2);
    expect(hits.map(({ name, path }) => [name, path]).sort()).toEqual([['comment-added', '/posts/hello'], ['post-published', '/posts/hello']]); // prettier-ignore
    expect((await service.get(`/api/v1/sites/${blog.id}`, { as: ada })).status).toBe(404);
  });

  test('the end of an account takes its sites and its places as reader along; visits that come later make none', async () => {
    const [eve, friend] = [await service.someone(), await service.someone()];
    const page = await site({}, eve);
    const shared = await site();
    await service.put(`/api/v1/sites/${shared.id}/readers/${eve.id}`, { as: ada });
    await service.put(`/api/v1/sites/${page.id}/readers/${friend.id}`, { as: eve });
    await tell(visit(eve.id), visit(friend.id));
    await collect({ site: page.key, hits: [{ name: 'x' }, { oops: 1 }] });
    const [links] = [await theirs(eve), await stored(page, 1)];
    await others.publish(userDeleted, { userId: eve.id });
    await eventually(async () => expect(await rows('SELECT 1 FROM deleted_users WHERE user_id = $1', [eve.id])).toHaveLength(1)); // prettier-ignore
    expect((await service.get(`/api/v1/sites/${page.id}`, { as: friend })).status).toBe(404);
    expect((await service.get(`/api/v1/sites/${shared.id}`, { as: eve })).status).toBe(404);
    expect((await collect({ site: page.key, name: 'x' })).status).toBe(404);
    await tell(visit(eve.id), visit(friend.id));
    await stored(await theirs(friend), 2);
    expect(await linksOf(eve)).toEqual([]);
    await eventually(async () => {
      for (const table of ['hits', 'known_hits', 'changed_hours', 'rejected_rows'])
        expect(await rows(`SELECT 1 FROM ${table} WHERE site_id = ANY($1)`, [[page.id, links.id]])).toEqual([]);
    });
  });
});
