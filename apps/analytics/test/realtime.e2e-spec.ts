import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { eventually, follow, startService, type Followed, type RunningService, type Someone } from '@cairn/testing';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { analytics } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone, bob: Someone;
let site: string;

beforeAll(async () => {
  service = await startService(analytics);
  [ada, bob] = await Promise.all([service.someone(), service.someone()]);
  site = await newSite();
});
afterAll(() => service.stop());

async function newSite(): Promise<string> {
  const { status, body } = await service.post('/api/v1/sites', { as: ada, body: { name: 'Live', timeZone: 'UTC' } });
  expect([status, body]).toEqual([201, expect.anything()]);
  return body.id;
}

interface Seeded {
  secondsAgo?: number;
  name?: string;
  kind?: string;
  visitor?: string | null;
  yesterday?: string | null;
  path?: string;
}
async function hit(
  siteId: string,
  {
    secondsAgo = 1,
    name = 'pageview',
    kind = 'person',
    visitor = randomUUID(),
    yesterday = null,
    path = '/',
  }: Seeded = {},
) {
  const database = service.app.get(DataSource);
  await database.query('SELECT make_hit_partitions(array[current_date - 1, current_date])');
  await database.query(
    `INSERT INTO hits (site_id, id, at, received_at, name, visitor, visitor_of_yesterday, is_consented, kind, path, device)
     VALUES ($1, gen_random_uuid(), now() - $2 * interval '1 second', now(), $3, $4, $5, false, $6, $7, 'desktop')`,
    [siteId, secondsAgo, name, visitor, yesterday, kind, path],
  );
}

const open: Followed[] = [];
async function stream(siteId: string, { authorization }: Someone): Promise<Followed> {
  const followed = await follow(`${service.url}/api/v1/sites/${siteId}/realtime/stream`, {
    headers: { authorization },
  });
  open.push(followed);
  return followed;
}
afterEach(() => open.splice(0).forEach((each) => each.leave()));

test('five minutes of what people did, and none of what is older or a robot', async () => {
  const [first, second] = [randomUUID(), randomUUID()];
  await hit(site, { visitor: first, path: '/a' });
  await hit(site, { visitor: first, path: '/a', secondsAgo: 130 });
  await hit(site, { visitor: second, path: '/b', secondsAgo: 250 });
  await hit(site, { visitor: null, path: '/a', secondsAgo: 2 }); // asks not to be tracked: a visit of nobody
  await hit(site, { visitor: second, name: 'signup', path: '/b' });
  await hit(site, { secondsAgo: 301 });
  await hit(site, { kind: 'bot' });
  const { status, body } = await service.get(`/api/v1/sites/${site}/realtime`, { as: ada });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    visitors: 2,
    visits: 4,
    pages: [
      { path: '/a', visits: 3, visitors: 1 },
      { path: '/b', visits: 1, visitors: 1 },
    ],
  });
  expect(body.minutes.map(({ visits }: { visits: number }) => visits)).toEqual([1, 0, 1, 0, 2]);
  expect(Date.parse(body.at) - Date.parse(body.minutes[0].from)).toBe(300_000);
});

test('who is there before and after midnight is one visitor', async () => {
  const siteId = await newSite();
  const [yesterday, today] = [randomUUID(), randomUUID()];
  await hit(siteId, { visitor: yesterday, secondsAgo: 100 });
  await hit(siteId, { visitor: today, yesterday, secondsAgo: 50 });
  await hit(siteId, { visitor: today, secondsAgo: 10 });
  expect((await service.get(`/api/v1/sites/${siteId}/realtime`, { as: ada })).body).toMatchObject({
    visitors: 1,
    visits: 3,
  });
});

test('is its readers only', async () => {
  for (const path of ['realtime', 'realtime/stream']) {
    expect((await service.get(`/api/v1/sites/${site}/${path}`)).status).toBe(401);
    expect((await service.get(`/api/v1/sites/${site}/${path}`, { as: bob })).body).toMatchObject({
      status: 404,
      code: 'analytics.site-not-found',
    });
    expect((await service.get(`/api/v1/sites/nonsense/${path}`, { as: ada })).body).toMatchObject({
      status: 400,
      errors: [{ path: 'id' }],
    });
  }
});

test('a stream tells of a hit to all who follow', async () => {
  const siteId = await newSite();
  const readers = await Promise.all([1, 2, 3].map(() => stream(siteId, ada)));
  expect(readers[0]!.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  await eventually(() => readers.forEach(({ results }) => expect(results).toMatchObject([{ visits: 0, visitors: 0 }])));
  await hit(siteId, { path: '/new' });
  await eventually(
    () =>
      readers.forEach(({ results }) => expect(results.at(-1)).toMatchObject({ visits: 1, pages: [{ path: '/new' }] })),
    10_000,
  );
  expect(readers.map(({ results }) => results.length)).toEqual([2, 2, 2]);
});

test('a user follows ten at a time, and one that is left makes room', async () => {
  const streams = await Promise.all(Array.from({ length: 10 }, () => stream(site, ada)));
  expect(streams.map(({ status }) => status)).toEqual(Array(10).fill(200));
  const refused = await stream(site, ada);
  await eventually(() =>
    expect(JSON.parse(refused.text)).toMatchObject({ status: 429, code: 'analytics.too-many-streams' }),
  );
  streams[0]!.leave();
  await eventually(async () => expect((await stream(site, ada)).status).toBe(200));
});

test('a stream ends with its token, and with the right to read', async () => {
  const siteId = await newSite();
  await service.put(`/api/v1/sites/${siteId}/readers/${bob.id}`, { as: ada });
  const invited = await stream(siteId, bob);
  expect(invited.status).toBe(200);
  const soonOver = await service.someoneFor(2);
  await service.put(`/api/v1/sites/${siteId}/readers/${soonOver.id}`, { as: ada });
  const short = await stream(siteId, soonOver);
  await eventually(() => expect(invited.results).toHaveLength(1));
  await service.delete(`/api/v1/sites/${siteId}/readers/${bob.id}`, { as: ada });
  await eventually(() => {
    expect(invited).toMatchObject({ hasEnded: true, events: ['next', 'next', 'complete'] });
    expect(invited.results.at(-1)).toHaveProperty('error');
    expect(short.hasEnded).toBe(true);
  });
});

test('a service that stops ends its streams without saying that they are complete', async () => {
  const own = await startService(analytics);
  const someone = await own.someone();
  const { body } = await own.post('/api/v1/sites', { as: someone, body: { name: 'Own', timeZone: 'UTC' } });
  const ended = await follow(`${own.url}/api/v1/sites/${body.id}/realtime/stream`, {
    headers: { authorization: someone.authorization },
  });
  await eventually(() => expect(ended.results).toHaveLength(1));
  await own.stop();
  await eventually(() => expect(ended.hasEnded).toBe(true));
  expect(ended.events).toEqual(['next']);
});
