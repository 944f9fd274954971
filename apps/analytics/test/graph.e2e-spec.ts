import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startService, statementsDuring, type RunningService, type Someone } from '@cairn/testing';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { analytics } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone, bob: Someone;
let site: string;

beforeAll(async () => {
  service = await startService(analytics);
  [ada, bob] = await Promise.all([service.someone(), service.someone()]);
  site = await newSite(ada, 'Graphed');
});
afterAll(() => service.stop());

const newSite = async (as: Someone, name: string): Promise<string> =>
  (await service.post('/api/v1/sites', { as, body: { name, timeZone: 'Europe/Vienna' } })).body.id;
const ask = async (query: string, variables: object = {}, as?: Someone) =>
  (await service.post('/graphql', { as, body: { query, variables } })).body;

/** So many clicks on each of these links of somebody, some seconds ago; the first of them by a robot. */
async function click(owner: string, links: readonly string[], times: number) {
  const database = service.app.get(DataSource);
  await database.query('SELECT make_hit_partitions(array[current_date - 1, current_date])');
  await database.query(
    `INSERT INTO sites (id, kind, owner_id, name, key, time_zone) VALUES (gen_random_uuid(), 'links', $1, 'Links', gen_random_uuid(), 'UTC')
     ON CONFLICT DO NOTHING`,
    [owner],
  );
  await database.query(
    `INSERT INTO hits (site_id, id, at, received_at, name, visitor, is_consented, kind, path, device, props)
     SELECT s.id, gen_random_uuid(), now(), now(), 'link-visit', md5($1)::uuid, false, CASE n WHEN 0 THEN 'bot' ELSE 'person' END, '/s/x', 'other',
       jsonb_build_object('linkId', link, 'target', 0)
     FROM sites s, unnest($2::text[]) AS link, generate_series(0, $3::integer) AS n WHERE s.owner_id::text = $1 AND s.kind = 'links'`,
    [owner, links, times],
  );
}

describe('sites', () => {
  test('are listed and found as over REST, with their reports as fields', async () => {
    const query = `query ($id: ID!) { sites(first: 1, kind: WEB) { edges { node { id name timeZone kind } } pageInfo { hasNextPage } }
      site(id: $id) { realtime { visitors minutes { visits } pages { path } }
        timeseries(interval: DAY, compare: PREVIOUS, filter: ["country:AT"]) { interval timeZone totals { visits bounceRate } buckets { at visits } previous { from totals { visits } } }
        breakdown(by: "page", first: 3) { values items { value visits } } funnel(step: ["page:/", "name:signup"]) { steps { step { dimension value } visitors rate } }
        retention { cohorts { returned } } paths { items { pages } } goals(goal: ["name:signup"]) { goals { hits revenue { amount } } } revenue { totals { amount currency } } } }`;
    const { data, errors } = await ask(query, { id: site }, ada);
    expect(errors).toBeUndefined();
    expect(data.sites.edges).toEqual([{ node: { id: site, name: 'Graphed', timeZone: 'Europe/Vienna', kind: 'WEB' } }]);
    expect(data.site).toMatchObject({
      breakdown: { values: 0, items: [] },
      funnel: { steps: [{ step: { dimension: 'page', value: '/' }, visitors: 0 }, { step: { value: 'signup' } }] },
      ...{ paths: { items: [] }, goals: { goals: [{ hits: 0, revenue: [] }] }, revenue: { totals: [] } },
    });
    expect(data.site.realtime).toMatchObject({ visitors: 0, pages: [] });
    expect(data.site.timeseries).toMatchObject({
      ...{ interval: 'DAY', timeZone: 'Europe/Vienna', totals: { visits: 0, bounceRate: null } },
      previous: { totals: { visits: 0 } },
    });
    const { buckets } = data.site.timeseries;
    expect(buckets).toHaveLength(7);
    for (const { at } of buckets) expect(at).toMatch(/^\d{4}-\d\d-\d\dT2[23]:00:00/);
  });

  test('are nobody else’s, and what is wrong is named', async () => {
    const one = 'query ($id: ID!) { site(id: $id) { name } }';
    expect((await ask(one, { id: site })).errors[0].extensions).toMatchObject({ status: 401 });
    expect((await ask(one, { id: site }, bob)).errors[0].extensions).toMatchObject({
      code: 'analytics.site-not-found',
    });
    expect((await ask(one, { id: 'nonsense' }, ada)).errors[0].extensions).toMatchObject({ status: 400 });
    const series = 'query ($id: ID!) { site(id: $id) { timeseries(filter: ["planet:mars"]) { interval } } }';
    expect((await ask(series, { id: site }, ada)).errors[0].extensions).toMatchObject({
      code: 'request.invalid',
      errors: [{ path: 'filter.0' }],
    });
  });

  test('references by id are one statement, and null for who may not know of them', async () => {
    const other = await newSite(bob, 'Of Bob');
    const all = [site, other, 'nonsense', site].map((id) => ({ __typename: 'Site', id }));
    const query = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Site { name } } }';
    let data;
    const statements = await statementsDuring(async () => ({ data } = await ask(query, { all }, ada)));
    expect(statements).toHaveLength(1);
    expect(data).toEqual({ _entities: [{ name: 'Graphed' }, null, null, { name: 'Graphed' }] });
  });
});

describe('clicks of links', () => {
  const links = Array.from({ length: 20 }, () => randomUUID());
  const clicks =
    'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Link { id clicks { visits visitorDays } } } }';
  const ask20 = (count: number, as?: Someone) =>
    ask(clicks, { all: links.slice(0, count).map((id) => ({ __typename: 'Link', id })) }, as);
  beforeAll(() => click(ada.id, links.slice(1), 3));

  test('of twenty links cost as many statements as of one, and robots do not click', async () => {
    const costs = [];
    for (const count of [1, 20]) {
      let answer;
      const statements = await statementsDuring(async () => (answer = await ask20(count, ada)));
      costs.push(statements.length);
      expect(answer).toEqual({
        data: {
          _entities: links.slice(0, count).map((id, index) => ({
            id,
            clicks: index ? { visits: 3, visitorDays: 1 } : { visits: 0, visitorDays: 0 },
          })),
        },
      });
    }
    expect(costs[1]).toBe(costs[0]);
    expect(costs[1]).toBeLessThanOrEqual(3);
  });

  test('are told to their owner only', async () => {
    await click(bob.id, [links[1]!], 1); // as if it were his
    const of = async (as?: Someone) =>
      (await ask20(3, as)).data._entities.map(
        ({ clicks }: { clicks: { visits: number } | null }) => clicks?.visits ?? null,
      );
    expect(await of(ada)).toEqual([0, 3, 3]);
    expect(await of(bob)).toEqual([0, 1, 0]);
    expect(await of()).toEqual([null, null, null]);
  });

  test('a period that makes no sense is the error of its field', async () => {
    const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on Link {
      clicks(from: "2026-02-01", to: "2026-01-01") { visits } all: clicks { visits } } } }`;
    const { data, errors } = await ask(query, { all: [{ __typename: 'Link', id: links[1] }] }, ada);
    expect(errors).toMatchObject([{ path: ['_entities', 0, 'clicks'], extensions: { errors: [{ path: 'to' }] } }]);
    expect(data._entities).toEqual([{ clicks: null, all: { visits: 3 } }]);
  });
});
