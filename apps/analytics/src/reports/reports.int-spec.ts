import { Sql, Transactions } from '@cairn/database';
import type { Hit } from '@cairn/contracts/events';
import { eventually, openDatabase, type OpenDatabase } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { database as schema } from '../database.ts';
import { BruteForce } from '../../test/brute-force.ts';
import { ForgetVisitorsJob } from '../rollups/forget-visitors/forget-visitors.job.ts';
import { FollowTimeZonesJob } from '../rollups/follow-time-zones/follow-time-zones.job.ts';
import { RollupRepository } from '../rollups/rollup.repository.ts';
import { ADD_VISITORS, COUNT_SESSIONS, NUMBER_VISITORS } from '../rollups/rollup.sql.ts';
import { createSite, rollUpAll, rollUpJob, rollups, store } from '../../test/stored-traffic.ts';
import { randomOf, trafficOf, uuidOf } from '../../test/traffic.ts';
import { PostgresReportStore } from './postgres-report-store.repository.ts';
import { funnel } from './funnel.sql.ts';
import { ReportTurns } from './report-turns.service.ts';
import { rawTimeseries, rolledUpTimeseries } from './timeseries.sql.ts';
import { INTERVALS, type Condition, type Period } from './report.ts';

const seed = Number(process.env.TRAFFIC_SEED ?? Date.now() % 1_000_000);
const random = randomOf(seed);
const PEOPLE = Number(process.env.TRAFFIC_PEOPLE ?? 14);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

/** Both changes of the clocks of Europe and of America, and zones that are half an hour and three quarters off. */
const SITES = [
  { timeZone: 'Europe/Vienna', from: '2026-03-28', to: '2026-03-31' },
  { timeZone: 'Europe/Vienna', from: '2026-10-24', to: '2026-10-27' },
  { timeZone: 'America/St_Johns', from: '2026-03-07', to: '2026-03-10' },
  { timeZone: 'America/St_Johns', from: '2026-10-31', to: '2026-11-03' },
  { timeZone: 'Asia/Kathmandu', from: '2026-05-30', to: '2026-06-02' },
  { timeZone: 'UTC', from: '2026-06-28', to: '2026-07-02' },
].map((site, index) => ({ ...site, id: uuidOf('site', index) }));

let database: OpenDatabase;
let reports: PostgresReportStore;
const traffic = new Map<string, Hit[]>();

beforeAll(async () => {
  console.log(`TRAFFIC_SEED=${seed}`);
  database = await openDatabase(schema);
  reports = new PostgresReportStore(new Sql(database.dataSource), new ReportTurns());
  const all: Hit[] = [];
  for (const site of SITES) {
    await createSite(database.dataSource, site);
    const hits = trafficOf(site, new Date(site.from), new Date(site.to), PEOPLE, random);
    traffic.set(site.id, hits);
    all.push(...hits);
  }
  // In no order: late, doubled, an hour of one and the same site again and again; rolled up in between by two at once.
  const shuffled = all.map((hit) => ({ hit, order: random() })).sort((a, b) => a.order - b.order);
  const late = shuffled.map(({ hit }) => hit);
  for (let first = 0; first < late.length;) {
    const next = first + Math.ceil(random() * late.length * 0.7);
    const doubled = Array.from({ length: 30 }, () => late[Math.floor(random() * next)]).filter(
      (hit) => hit !== undefined,
    );
    const storing = store(database.dataSource, [...late.slice(first, next), ...doubled]);
    const jobs = [rollUpJob(database.dataSource), rollUpJob(database.dataSource)];
    await Promise.all([storing, ...jobs.map((job) => job.run())]);
    first = next;
  }
  await rollUpAll(database.dataSource);
}, 300_000);
afterAll(() => database.close());

const FILTERS: Condition[][] = [
  [{ dimension: 'page', value: '/pricing' }],
  [
    { dimension: 'country', value: 'AT' },
    { dimension: 'country', value: null },
    { dimension: 'prop:plan', value: 'pro' },
  ],
  [
    { dimension: 'name', value: 'signup' },
    { dimension: 'utmSource', value: null },
  ],
  [
    { dimension: 'prop:seats', value: '2' },
    { dimension: 'device', value: 'mobile' },
  ],
];

/** Each run tries others: those of one seed are the same. */
const aFew = <T>(list: readonly T[]): T[] => list.filter(() => random() < 0.5);

const page = (value: string): Condition => ({ dimension: 'page', value });

/** Whole days, whole hours, and any times. */
async function periodOf(site: (typeof SITES)[0]): Promise<Period> {
  const day = (offset: number) => new Date(Date.parse(site.from) + offset * 86_400_000).toISOString().slice(0, 10);
  const begin = Math.floor(random() * 3);
  const days = await reports.period(site, { from: day(begin), to: day(begin + Math.floor(random() * (4 - begin))) });
  const shift = pick([0, 0, 3_600_000, 17 * 3_600_000, 1_234_567]);
  const period = { from: new Date(+days.from + shift), to: new Date(+days.to - pick([0, shift, 3_600_000])) };
  return period.from < period.to ? period : days;
}

describe.each(SITES)('$timeZone from $from: as it is reckoned from all hits, one by one', (site) => {
  let brute: BruteForce;
  beforeAll(() => void (brute = new BruteForce(traffic.get(site.id)!, site.timeZone)));

  test.each(INTERVALS)('by %s', async (interval) => {
    for (const filter of [[], [], ...aFew(FILTERS)]) {
      const days = await periodOf(site);
      const period = interval === 'minute' ? { from: days.from, to: new Date(+days.from + 3 * 3_600_000) } : days;
      const found = await reports.timeseries(site, period, { interval, filter });
      expect({ period, filter, ...found }).toEqual({
        period,
        filter,
        ...brute.timeseries(period, { interval, filter }),
      });
    }
  });

  const check = async (of: (period: Period, filter: Condition[]) => Promise<[found: unknown, expected: unknown]>) => {
    for (const filter of [[], ...aFew(FILTERS)]) {
      const period = await periodOf(site);
      const [found, expected] = await of(period, filter);
      expect({ period, filter, ...(found as object) }).toEqual({ period, filter, ...(expected as object) });
    }
  };

  test.each([
    'page',
    'name',
    'referrer',
    'utmSource',
    'utmContent',
    'country',
    'device',
    'browser',
    'os',
    'prop:seats',
  ])('broken down by %s', (by) =>
    check(async (period, filter) => {
      const asked = { by, limit: pick([2, 100]), filter };
      return [await reports.breakdown(site, period, asked), brute.breakdown(period, asked)];
    }),
  );

  test('funnels', () =>
    check(async (period, filter) => {
      const step = pick([
        [page('/'), page('/pricing'), page('/thanks')],
        [page('/'), page('/')],
        [{ dimension: 'name', value: 'link-visit' }, page('/docs/a'), { dimension: 'name', value: 'purchase' }],
      ]);
      const asked = { step, windowMinutes: pick([1, 30, 24 * 60]), filter };
      return [await reports.funnel(site, period, asked), brute.funnel(period, asked)];
    }));

  test.each(['day', 'week'] as const)('retention by %s', async (interval) => {
    for (let turn = 0; turn < 3; turn++) {
      const period = await reports.wholePeriod(site, await periodOf(site), interval);
      expect(await reports.retention(site, period, { interval })).toEqual(brute.retention(period, { interval }));
    }
  });

  test('paths', () =>
    check(async (period, filter) => {
      const asked = { length: pick([1, 2, 5]), limit: pick([3, 1000]), filter };
      return [await reports.paths(site, period, asked), brute.paths(period, asked)];
    }));

  test('goals and their revenue', () =>
    check(async (period, filter) => {
      const asked = { goal: [page('/thanks'), { dimension: 'name', value: 'purchase' }, page('/nowhere')], filter };
      return [await reports.goals(site, period, asked), brute.goals(period, asked)];
    }));

  test.each(['hour', 'day', 'month'] as const)('revenue by %s', (interval) =>
    check(async (period, filter) => [
      await reports.revenue(site, period, { interval, filter }),
      brute.revenue(period, { interval, filter }),
    ]),
  );
});

/** A few figures of each kind: all of them were tried above. */
async function compare(site: { id: string; timeZone: string; from: string; to: string }) {
  const brute = new BruteForce(traffic.get(site.id)!, site.timeZone);
  const period = await reports.period(site, site);
  for (const interval of ['hour', 'day', 'month'] as const)
    expect({ interval, ...(await reports.timeseries(site, period, { interval, filter: [] })) }).toEqual({
      interval,
      ...brute.timeseries(period, { interval, filter: [] }),
    });
}

describe('made anew', () => {
  const [vienna, , , stJohns] = SITES as [(typeof SITES)[0], unknown, unknown, (typeof SITES)[0]];

  test('by the days of another time zone', async () => {
    const moved = { ...vienna, timeZone: 'Asia/Kathmandu' };
    await database.dataSource.query('UPDATE sites SET time_zone = $2 WHERE id = $1', [moved.id, moved.timeZone]);
    const [sql, transactions] = [new Sql(database.dataSource), new Transactions(database.dataSource)];
    await new FollowTimeZonesJob(sql, transactions, rollups).run();
    await rollUpAll(database.dataSource);
    await compare(moved);
  }, 60_000);

  test('on command, whatever has become of it', async () => {
    const ofIt = `site_id = '${stJohns.id}'`;
    await database.dataSource.query(`
      DELETE FROM sessions WHERE ${ofIt} AND extract(minute FROM started_at)::integer % 2 = 0;
      UPDATE sessions SET visits = 7 WHERE ${ofIt};
      UPDATE day_visitors SET bits = ~bits WHERE ${ofIt};
      DELETE FROM cookieless_visitors WHERE ${ofIt} AND visitor::text < '8';
      UPDATE day_rollups SET visitor_days = 0 WHERE ${ofIt};
      UPDATE hour_rollups SET visits = visits + 1, visitors = 0 WHERE ${ofIt}`);
    await expect(compare(stJohns)).rejects.toThrow();
    await new Transactions(database.dataSource).run((tx) => rollups.markDays(tx, stJohns.id));
    await rollUpAll(database.dataSource);
    await compare(stJohns);
  }, 60_000);

  test('after a crash on the way', async () => {
    const kathmandu = SITES[4]!;
    const at = new Date(Date.parse(kathmandu.from) + 30 * 3_600_000);
    const more = trafficOf(kathmandu, at, new Date(+at + 7_200_000), 8, random).map((hit) => ({
      ...hit,
      id: uuidOf('more', hit.id),
    }));
    traffic.get(kathmandu.id)!.push(...more);
    await store(database.dataSource, more);
    const marks = 'SELECT count(*)::integer AS left FROM changed_hours';
    const [before] = await database.dataSource.query(marks);
    expect(before.left).toBeGreaterThan(0);
    const crashing = new RollupRepository({ rawDays: 3000 });
    const attempts: string[] = [];
    crashing.rollUpHour = async (...args) => {
      attempts.push(args[2].toISOString());
      await rollups.rollUpHour(...args);
      throw new Error('The process ends here');
    };
    const told = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const job = rollUpJob(database.dataSource, crashing);
    const hours = await database.dataSource.query('SELECT DISTINCT hour FROM changed_hours');
    for (let run = 0; run < hours.length + 2; run++) await job.run();
    // Each once: it may cost a statement's whole time, and the others come first, for some seconds.
    expect([attempts.length, new Set(attempts).size]).toEqual([hours.length, hours.length]);
    const passed = performance.now() + 6_000;
    const clock = jest.spyOn(performance, 'now').mockReturnValue(passed);
    await job.run();
    clock.mockRestore();
    expect(attempts).toHaveLength(hours.length + 1);
    expect(told).toHaveBeenCalledTimes(hours.length);
    told.mockRestore();
    expect(await database.dataSource.query(marks)).toEqual([before]);
    await rollUpAll(database.dataSource);
    await compare(kathmandu);
  }, 60_000);

  test('an hour that fails for ever holds up neither older ones nor stale days', async () => {
    const { dataSource } = database;
    const [site] = SITES as [(typeof SITES)[0]];
    await new Transactions(dataSource).run((tx) => rollups.markDays(tx, site.id));
    const hour = (day: string) => new Date(Date.parse(day) + 12 * 3_600_000);
    const [older, poison] = [hour(site.from), hour('2026-12-24')];
    await dataSource.query('INSERT INTO changed_hours (site_id, hour) VALUES ($1, $2), ($1, $3)', [
      site.id,
      older,
      poison,
    ]);
    const failing = new RollupRepository({ rawDays: 3000 });
    const rollUpHour = failing.rollUpHour.bind(failing);
    failing.rollUpHour = (tx, of, each) =>
      +each === +poison ? Promise.reject(new Error('too much')) : rollUpHour(tx, of, each);
    const told = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const job = rollUpJob(dataSource, failing);
    const left = async () => [
      await dataSource.query('SELECT hour FROM changed_hours WHERE site_id = $1', [site.id]),
      await dataSource.query('SELECT FROM stale_days WHERE site_id = $1', [site.id]),
    ];
    await eventually(async () => {
      await job.run();
      expect(await left()).toEqual([[{ hour: poison }], []]);
    }, 30_000);
    told.mockRestore();
    await dataSource.query('DELETE FROM changed_hours WHERE site_id = $1', [site.id]);
  }, 60_000);
});

/** Page views of one visitor, so many milliseconds apart. */
function regular(site: { id: string; from: string }, hits: number, everyMs: number): Hit[] {
  const like = traffic.get(SITES[0]!.id)![0]!;
  const audience = { ...like.audience, kind: 'person', visitor: uuidOf(site.id), visitorOfYesterday: null } as const;
  return Array.from({ length: hits }, (_, index) => {
    const at = new Date(Date.parse(site.from) + index * everyMs).toISOString();
    const when = { id: uuidOf(site.id, index), at, receivedAt: at };
    return { ...like, ...when, siteId: site.id, isConsented: true, name: 'pageview', audience };
  });
}

test('who never leaves has a session a day, however their hits come', async () => {
  const site = { id: uuidOf('endless'), timeZone: 'Europe/Vienna', from: '2026-10-23', to: '2026-10-27' };
  await createSite(database.dataSource, site);
  const heartbeat = regular(site, 4 * 24 * 3, 20 * 60_000);
  traffic.set(site.id, heartbeat);
  const shuffled = heartbeat.map((hit) => ({ hit, order: random() })).sort((a, b) => a.order - b.order);
  for (let first = 0; first < shuffled.length; first += 150) {
    await store(
      database.dataSource,
      shuffled.slice(first, first + 150).map(({ hit }) => hit),
    );
    await rollUpAll(database.dataSource);
  }
  await compare(site);
  const lengths = `SELECT extract(epoch FROM ended_at - started_at)::integer AS seconds FROM sessions WHERE site_id = $1 ORDER BY started_at`;
  const sessions: { seconds: number }[] = await database.dataSource.query(lengths, [site.id]);
  const days = [2 * 3_600, ...Array(3).fill(86_400), 21 * 3_600].map((seconds) => seconds - 20 * 60);
  days[2]! += 3_600; // the clocks go back
  expect(sessions.map(({ seconds }) => seconds)).toEqual(days);
});

test('who was there is forgotten with the raw hits; what was counted of them stays', async () => {
  const { dataSource } = database;
  const rawDays = Math.floor((Date.now() - Date.parse('2026-08-15')) / 86_400_000);
  await new ForgetVisitorsJob(new Transactions(dataSource), { rawDays }).run();
  const left = `SELECT DISTINCT extract(month FROM at)::integer AS month FROM (
    SELECT started_at AS at FROM sessions UNION ALL SELECT day FROM cookieless_visitors) AS kept ORDER BY 1`;
  expect((await dataSource.query(left)).map(({ month }: { month: number }) => month)).toEqual([10, 11]);
  for (const site of [SITES[2]!, SITES[1]!]) await compare(site);
});

const HITS = 1_000;

test('a funnel costs so much for each hit, however many of them are one visitor’s', async () => {
  const site = { id: uuidOf('busy'), timeZone: 'UTC', from: '2026-06-01', to: '2026-06-01' };
  await createSite(database.dataSource, site);
  const busy = regular(site, HITS, 10_000);
  await store(database.dataSource, busy);
  const step = Array.from({ length: 3 }, (): Condition => ({ dimension: 'name', value: 'pageview' }));
  const asked = { step, windowMinutes: 24 * 60, filter: [] };
  const period = await reports.period(site, site);
  const brute = new BruteForce(busy.slice(0, 3), 'UTC').funnel(period, asked);
  expect(await reports.funnel(site, period, asked)).toEqual(brute);
  const { statement, values } = funnel(site, period, asked);
  const explain = `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${statement.text}`;
  const [{ 'QUERY PLAN': plan }] = await database.dataSource.query(explain, values);
  expect(mostRows(plan[0].Plan)).toBeLessThanOrEqual(HITS * step.length);
});

/** Of the step of a plan that has the most to do: rows that it passes on and that it throws away. */
interface Node {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly Plans?: Node[];
}
function mostRows(node: Node): number {
  const { 'Rows Removed by Filter': filtered = 0, 'Rows Removed by Join Filter': unjoined = 0 } = node;
  const own = (node['Actual Rows'] + filtered + unjoined) * node['Actual Loops'];
  return Math.max(own, ...(node.Plans ?? []).map(mostRows));
}

test('to count the sessions of some hours costs as much as there are in them, however many the site has', async () => {
  const { dataSource } = database;
  const site = { id: uuidOf('visited'), timeZone: 'Europe/Vienna' };
  await dataSource.query(
    `INSERT INTO sessions (site_id, started_at, visitor, ended_at, visits, visitors)
     SELECT $1, at, gen_random_uuid(), at, 1, '{}' FROM generate_series('2026-01-01'::timestamptz, '2026-02-09', '1 minute') AS at`,
    [site.id],
  );
  await dataSource.query('ANALYZE sessions');
  const hours = ['2026-01-05T10:00:00Z', '2026-01-20T11:00:00Z'];
  const explain = `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${COUNT_SESSIONS}`;
  const [{ 'QUERY PLAN': plan }] = await dataSource.query(explain, [site.id, hours, site.timeZone]);
  expect(mostRows(plan[0].Plan)).toBeLessThanOrEqual(60 * hours.length);
});

test.each([
  ['to number', NUMBER_VISITORS],
  ['to mark the days of', ADD_VISITORS],
])('%s the visitors of an hour costs as much as it has, however many the site has had', async (_what, statement) => {
  const { dataSource } = database;
  const [site, hour, end] = [uuidOf(statement), '2026-05-30T10:00:00Z', '2026-05-30T11:00:00Z'];
  await dataSource.query('INSERT INTO rolled_sites (site_id, time_zone, visitors) VALUES ($1, $2, 20000)', [
    site,
    'UTC',
  ]);
  await dataSource.query(
    `INSERT INTO visitor_numbers SELECT $1, md5(n::text)::uuid, n FROM generate_series(0, 19999) AS n`,
    [site],
  );
  await dataSource.query(
    `INSERT INTO hits (site_id, id, at, received_at, name, visitor, is_consented, kind, device)
     SELECT $1, gen_random_uuid(), $2::timestamptz + n * interval '1 s', now(), 'pageview', md5(n::text)::uuid, true, 'person', 'desktop'
     FROM generate_series(0, 99) AS n`,
    [site, hour],
  );
  for (const analyze of ['', 'ANALYZE visitor_numbers']) {
    await dataSource.query(analyze || 'SELECT');
    const explain = `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${statement}`;
    const [{ 'QUERY PLAN': plan }] = await dataSource.query(explain, [site, hour, end, 'UTC']);
    expect(mostRows(plan[0].Plan)).toBeLessThanOrEqual(200);
  }
});

test('what is read from the rollups is read by its keys', async () => {
  const { dataSource } = database;
  const others = `SELECT gen_random_uuid() AS site_id FROM generate_series(1, 300)`;
  await dataSource.query(`
    WITH site AS MATERIALIZED (${others}) INSERT INTO hour_rollups (site_id, hour)
      SELECT site_id, timestamptz '2026-01-01' + n * interval '1 hour' FROM site, generate_series(1, 200) AS n;
    WITH site AS MATERIALIZED (${others}) INSERT INTO day_visitors (site_id, day, chunk, bits)
      SELECT site_id, date '2026-01-01' + n, 0, repeat('0', 8192)::bit(8192) FROM site, generate_series(1, 50) AS n;
    WITH site AS MATERIALIZED (${others}) INSERT INTO day_rollups (site_id, day)
      SELECT site_id, date '2026-01-01' + n FROM site, generate_series(1, 50) AS n;
    WITH site AS MATERIALIZED (${others}) INSERT INTO sessions (site_id, started_at, ended_at, visitor, visits, visitors)
      SELECT site_id, at, at, gen_random_uuid(), 1, '{}' FROM site, generate_series(timestamptz '2026-01-01', '2026-01-03', '15 minutes') AS at;
    ANALYZE`);
  const site = SITES[1]!;
  const period = await reports.period(site, site);
  const parts = {
    isWholeHours: true,
    firstDay: site.from,
    afterDay: site.to,
    daysBegin: period.from,
    daysEnd: period.to,
  };
  for (const interval of ['hour', 'day', 'week'] as const) {
    const { statement, values } = rolledUpTimeseries(site, period, { ...parts, sameDaysBefore: period.from }, interval);
    const plan = await database.plan(statement.text, values);
    for (const index of ['hour_rollups_pkey', 'day_visitors_pkey', 'day_rollups_pkey']) expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan');
  }
  const raw = rawTimeseries(site, period, 'minute', FILTERS[0]!);
  const plan = await database.plan(raw.statement.text, raw.values, { isLarge: true });
  expect(plan).toContain('sessions_pkey');
  expect(plan).toContain('_site_id_at_idx');
});
