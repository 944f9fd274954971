import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, startService, type RunningService, type Someone } from '@cairn/testing';
import { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { analytics } from '../src/app.module.ts';
import { ExportHitsQuery } from '../src/exports/export-hits/export-hits.query.ts';

let service: RunningService;
let ada: Someone, bob: Someone;
let site: string;
const FROM = '2026-03-01T00:00:00.000Z';

beforeAll(async () => {
  service = await startService(analytics);
  [ada, bob] = await Promise.all([service.someone(), service.someone()]);
  site = (await service.post('/api/v1/sites', { as: ada, body: { name: 'Exported', timeZone: 'UTC' } })).body.id;
});
afterAll(() => service.stop());

/** Page views a second apart from FROM on, the first of them as given. */
async function seed(siteId: string, count: number, first: object = {}) {
  const database = service.app.get(DataSource);
  await database.query(`SELECT make_hit_partitions(array['2026-03-01', '2026-03-02']::date[])`);
  await database.query(
    `INSERT INTO hits (site_id, id, at, received_at, name, visitor, is_consented, kind, path, device, props, amount, currency)
     SELECT $1, gen_random_uuid(), $2::timestamptz + n * interval '1 second', $2::timestamptz + n * interval '1 second',
       'pageview', gen_random_uuid(), false, 'person', CASE WHEN n = 0 THEN $4 ELSE '/page/' || n END, 'desktop',
       CASE WHEN n = 0 THEN $5::jsonb END, CASE WHEN n = 0 THEN -1999 END, CASE WHEN n = 0 THEN 'EUR' END
     FROM generate_series(0, $3::integer - 1) AS n`,
    [
      siteId,
      FROM,
      count,
      (first as { path?: string }).path ?? '/',
      JSON.stringify((first as { props?: object }).props ?? null),
    ],
  );
}

const exportOf = (siteId: string, format: string, as: Someone | undefined = ada) =>
  service.get(`/api/v1/sites/${siteId}/export?from=${FROM}&to=2026-03-03T00:00:00Z&format=${format}`, { as });

describe('what is in it', () => {
  let small: string;
  beforeAll(async () => {
    small = (await service.post('/api/v1/sites', { as: ada, body: { name: 'Small', timeZone: 'UTC' } })).body.id;
    await seed(small, 3, { path: '=HYPERLINK("http://evil.example")', props: { plan: 'a "b", c', n: 1 } });
  });

  test('CSV: a head, a record for each hit, no formula and no visitor', async () => {
    const { status, headers, body } = await exportOf(small, 'csv');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toBe('attachment; filename="hits-2026-03-01-2026-03-03.csv"');
    const [head, first, ...others] = body.split('\r\n');
    expect(head).toBe(
      'id,at,receivedAt,name,kind,isConsented,path,referrer,utmSource,utmMedium,utmCampaign,utmTerm,utmContent,country,device,browser,os,props,amount,currency',
    );
    expect(first).toMatch(
      /^[0-9a-f-]{36},2026-03-01T00:00:00.000Z,2026-03-01T00:00:00.000Z,pageview,person,false,"'=HYPERLINK\(""http:\/\/evil.example""\)",,,,,,,,desktop,,,/,
    );
    expect(first).toContain(`"{""n"":1,""plan"":""a \\""b\\"", c""}",-1999,EUR`);
    expect(others).toHaveLength(3);
    expect(others.at(-1)).toBe('');
  });

  const ndjson = async (query: string) => {
    const path = `${service.url}/api/v1/sites/${small}/export?format=json&${query}`;
    const answer = await fetch(path, { headers: { authorization: ada.authorization } });
    return { type: answer.headers.get('content-type'), text: await answer.text() };
  };

  test('NDJSON: an object for each hit, with the same names', async () => {
    const { type, text } = await ndjson(`from=${FROM}`);
    expect(type).toBe('application/x-ndjson; charset=utf-8');
    const hits = text.trimEnd().split('\n').map((line) => JSON.parse(line)); // prettier-ignore
    expect(hits.map(({ path }) => path)).toEqual(['=HYPERLINK("http://evil.example")', '/page/1', '/page/2']);
    expect(hits[0]).toMatchObject({ props: { plan: 'a "b", c', n: 1 }, amount: '-1999', currency: 'EUR', at: FROM });
    expect(Object.keys(hits[0]).filter((name) => /visitor|site/i.test(name))).toEqual([]);
  });

  test('a range with nothing in it is a head, or nothing', async () => {
    const range = 'from=2026-02-01T00:00:00Z&to=2026-02-02T00:00:00Z';
    expect((await service.get(`/api/v1/sites/${small}/export?${range}`, { as: ada })).body).toMatch(/^id,[\w,]+\r\n$/);
    expect((await ndjson(range)).text).toBe('');
  });

  test('is refused to strangers, and what makes no sense names the field', async () => {
    expect((await exportOf(small, 'csv', bob)).status).toBe(404);
    expect((await service.get(`/api/v1/sites/${small}/export?from=${FROM}`)).status).toBe(401);
    for (const [query, path] of [
      ['', 'from'],
      ['from=yesterday', 'from'],
      [`from=${FROM}&to=${FROM}`, 'to'],
      [`from=${FROM}&format=xml`, 'format'],
    ] as const)
      expect((await service.get(`/api/v1/sites/${small}/export?${query}`, { as: ada })).body).toMatchObject({
        status: 400,
        errors: [{ path }],
      });
  });
});

test('a report is a table too, by another ending of its address', async () => {
  const path = `/api/v1/sites/${site}/reports/timeseries.csv`;
  const { status, headers, body } = await service.get(`${path}?from=2026-02-01&to=2026-02-03`, { as: ada });
  expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
  const [head, ...rows] = body.trimEnd().split('\r\n');
  expect(head).toBe('at,visits,events,visitors,visitorDays,sessions,bounces,bounceRate,averageSeconds,bots,previews');
  expect(rows).toEqual(['01', '02', '03'].map((day) => `2026-02-${day}T00:00:00.000Z,0,0,0,0,0,0,,,0,0`));
  expect((await service.get(path, { as: bob })).status).toBe(404);
  expect((await service.get(`${path}?interval=year`, { as: ada })).body.errors).toMatchObject([{ path: 'interval' }]);
});

describe('however many there are', () => {
  const ROWS = 20_000;
  beforeAll(() => seed(site, ROWS), 60_000);

  test('all of them come, each once and in order, also those of one moment', async () => {
    await service.app
      .get(DataSource)
      .query(
        `UPDATE hits SET at = $2 WHERE site_id = $1 AND at < $2::timestamptz AND at > $2::timestamptz - interval '5000 seconds'`,
        [site, '2026-03-01T05:00:00Z'],
      ); // more than a page at the same millisecond
    const { body } = await exportOf(site, 'csv');
    const rows = body
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line: string) => line.split(','));
    expect(new Set(rows.map(([id]: string[]) => id)).size).toBe(ROWS);
    const times = rows.map(([, at]: string[]) => at);
    expect(times).toEqual([...times].sort());
  }, 60_000);

  test('no more rows are in memory than those of three pages, whoever does not read on', async () => {
    const [PAGE, READ] = [100, 5];
    let taken = 0;
    const pages = service.app
      .get(ExportHitsQuery)
      .pages({ siteId: site, from: new Date(FROM), to: new Date('2026-03-03') }, PAGE);
    async function* counted() {
      for await (const page of pages) {
        taken += page.length;
        yield page;
      }
    }
    const file = Readable.from(counted(), { highWaterMark: 1 });
    const reader = file[Symbol.asyncIterator]();
    for (let n = 0; n < READ; n++) await reader.next();
    await new Promise((resolve) => setImmediate(resolve));
    await eventually(() => expect(file.readableLength).toBe(1)); // it would have read on by now
    expect(taken).toBeLessThanOrEqual((READ + 2) * PAGE);
    file.destroy();
  });

  test('who leaves ends it: nothing more is read', async () => {
    let taken = 0;
    const pages = service.app.get(ExportHitsQuery).pages({ siteId: site, from: new Date(FROM), to: new Date() }, 100);
    async function* counted() {
      for await (const page of pages) yield ++taken && page;
    }
    const file = Readable.from(counted(), { highWaterMark: 1 });
    await file[Symbol.asyncIterator]().next();
    await new Promise((resolve) => file.destroy().once('close', resolve));
    expect(await pages.next()).toEqual({ done: true, value: undefined });
    expect(taken).toBeLessThan(4);
  });

  test('two at a time for each user; who leaves makes room', async () => {
    const leaving = new AbortController();
    const begin = (signal?: AbortSignal) =>
      fetch(`${service.url}/api/v1/sites/${site}/export?from=${FROM}`, {
        headers: { authorization: ada.authorization },
        ...(signal && { signal }),
      });
    const statuses = (await Promise.all([1, 2, 3].map(() => begin(leaving.signal)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 429]);
    leaving.abort();
    await eventually(async () => {
      const answer = await begin();
      expect(answer.status).toBe(200);
      await answer.text();
    });
  });
});
