import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { hitsOfMonth } from '../hits.ts';
import { author, IDENTITY } from '../people.ts';
import type { Bench, Figures } from '../side.ts';
import type { System } from '../system.ts';

/** Of one site in one month; the proof that benches run takes some thousands. */
const HITS = Number(process.env.BENCH_HITS ?? 9_000_000);
const ZONE = 'Europe/Vienna';
const ROLLED_UP_WITHIN_MS = 1_800_000;

export const analyticsReports: Bench = {
  name: 'analytics-reports',
  question: `Reports of one site with ${HITS.toLocaleString('en')} hits in a month, over HTTP from one client: a month by day and a week by hour, with visitors, sessions and bounces, from the rollups. Before anything is measured each is held against the same figures reckoned from the raw hits.`,
  async open(system) {
    await system.service('identity', IDENTITY);
    const analytics = await system.service('analytics');
    const { accessToken } = await author(system, 'bench');
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'Bench', timeZone: ZONE });
    const created = await fetch(`${analytics.origin}/api/v1/sites`, { method: 'POST', headers, body });
    const { id } = (await created.json()) as { id: string };
    const month = monthBefore(new Date());
    await fill(system, id, month);

    const side = async (name: string, interval: string, from: string, to: string) => {
      const url = `${analytics.origin}/api/v1/sites/${id}/reports/timeseries?interval=${interval}&from=${from}&to=${to}`;
      const ask = async () => {
        const answer = await fetch(url, { headers });
        if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
        return (await answer.json()) as Report;
      };
      await assertEqualsRaw(system, id, interval, await ask());
      return { name, isOurs: true, measure: (seconds: number) => inTurn(ask, seconds) };
    };
    const sides = [
      await side('month by day', 'day', month.first, month.last),
      await side('week by hour', 'hour', `${month.first.slice(0, 8)}08`, `${month.first.slice(0, 8)}14`),
    ];
    return {
      sides,
      goals: sides.map(({ name }) => ({
        what: `${name}, p95`,
        unit: 'ms',
        atMost: 40,
        value: (round) => round[name]!['p95 ms']!,
      })),
    };
  },
};

type Figure = 'visits' | 'events' | 'visitors' | 'visitorDays' | 'sessions' | 'bounces';
type Report = {
  from: string;
  to: string;
  totals: Record<Figure, number>;
  buckets: ({ at: string } & Record<Figure, number>)[];
};

/** The last whole one: what is older is not kept for ever. */
function monthBefore(now: Date) {
  const day = (month: number, date: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), month, date)).toISOString().slice(0, 10);
  return { first: day(now.getUTCMonth() - 1, 1), last: day(now.getUTCMonth(), 0) };
}

/** Day by day, and waits until the service has rolled up all of it. */
async function fill(system: System, siteId: string, { first, last }: { first: string; last: string }): Promise<void> {
  const client = new pg.Client(system.database('analytics').ownerUrl);
  await client.connect();
  try {
    const days = Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000) + 1;
    for (let day = 0; day < days; day++) {
      const date = new Date(Date.parse(first) + day * 86_400_000).toISOString().slice(0, 10);
      await client.query('SELECT make_hit_partitions(ARRAY[$1::date, $1::date + 1])', [date]);
      await client.query(hitsOfMonth, [siteId, date, Math.ceil(HITS / days)]);
    }
    await client.query(
      `INSERT INTO changed_hours (site_id, hour) SELECT $1, generate_series($2::date, $3::date + 1, '1 hour')`,
      [siteId, first, last],
    );
    await client.query('ANALYZE');
    const begin = Date.now();
    for (let left = 1; left > 0; await delay(100)) {
      if (Date.now() - begin > ROLLED_UP_WITHIN_MS) throw new Error(`${left} hours are still not rolled up`);
      left = Number((await client.query('SELECT count(*) AS left FROM changed_hours')).rows[0].left);
    }
    console.log(
      `${(days * Math.ceil(HITS / days)).toLocaleString('en')} hits rolled up in ${Math.round((Date.now() - begin) / 1000)} s`,
    );
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

/** One after the other. */
async function inTurn(ask: () => Promise<unknown>, seconds: number): Promise<Figures> {
  const times: number[] = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    const begin = performance.now();
    await ask();
    times.push(performance.now() - begin);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
  return { 'requests/s': times.length / seconds, 'p50 ms': at(0.5), 'p95 ms': at(0.95) };
}

/** All figures of all buckets and of the whole. @throws Error when one differs */
async function assertEqualsRaw(system: System, siteId: string, interval: string, report: Report): Promise<void> {
  const client = new pg.Client(system.database('analytics').ownerUrl);
  await client.connect();
  const begin = Date.now();
  const { rows } = await client.query(RAW, [siteId, ZONE, report.from, report.to, interval]);
  await client.end();
  console.log(`${interval}: reckoned from the raw hits in ${Date.now() - begin} ms`);
  const raw = new Map(rows.map((row) => [(row.at as Date | null)?.toISOString() ?? 'totals', row]));
  for (const [at, found] of [
    ['totals', report.totals] as const,
    ...report.buckets.map((bucket) => [bucket.at, bucket] as const),
  ])
    for (const figure of ['visits', 'events', 'visitors', 'visitorDays', 'sessions', 'bounces'] as const)
      if (found[figure] !== Number(raw.get(at)?.[figure] ?? 0))
        throw new Error(`${interval} ${at}: ${found[figure]} ${figure}, and ${raw.get(at)?.[figure]} by the raw hits`);
}

/** Without a table but the one of raw hits; a session ends after half an hour, and at four in the morning of the site. No visitor here goes on over midnight as another: generated hits tell nothing of yesterday. */
const RAW = `
  WITH hit AS MATERIALIZED (
    SELECT at, date_trunc($5, at, $2) AS bucket, (at AT TIME ZONE $2)::date AS day, name = 'pageview' AS is_visit, is_consented, visitor,
      coalesce(at - lag(at) OVER visitor_hits >= interval '30 minutes' OR
        ((at AT TIME ZONE $2) - interval '4 hours')::date <> ((lag(at) OVER visitor_hits AT TIME ZONE $2) - interval '4 hours')::date, true) AS begins
    FROM hits WHERE site_id = $1 AND at >= $3::timestamptz - interval '1 day' AND at < $4::timestamptz + interval '1 day' AND kind = 'person'
    WINDOW visitor_hits AS (PARTITION BY visitor ORDER BY at)),
  session AS (
    SELECT date_trunc($5, min(at), $2) AS bucket, count(*) FILTER (WHERE is_visit) AS visits, min(at) AS begin
    FROM (SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY visitor ORDER BY at) AS n FROM hit) AS numbered
    GROUP BY visitor, n),
  counted AS (
    SELECT coalesce(bucket, 'infinity') AS bucket, count(*) FILTER (WHERE is_visit) AS visits, count(*) FILTER (WHERE NOT is_visit) AS events,
      count(DISTINCT visitor) FILTER (WHERE is_consented) AS visitors,
      count(DISTINCT (day, visitor)) FILTER (WHERE NOT is_consented) AS "visitorDays"
    FROM hit WHERE at >= $3 AND at < $4 GROUP BY GROUPING SETS ((bucket), ())),
  began AS (
    SELECT coalesce(bucket, 'infinity') AS bucket, count(*) AS sessions, count(*) FILTER (WHERE visits = 1) AS bounces
    FROM session WHERE begin >= $3 AND begin < $4 GROUP BY GROUPING SETS ((bucket), ()))
  SELECT nullif(bucket, 'infinity') AS at, * FROM counted LEFT JOIN began USING (bucket)`;
