import { bitsOf, CHUNK } from '../rollups/rollup.sql.ts';
import { IS_VISIT } from '../rollups/session.sql.ts';
import { areMet, Values } from './condition.sql.ts';
import { sessionsOf } from './hit-query.sql.ts';
import type { Parts } from './period.sql.ts';
import type { ReportSite } from './report-store.ts';
import type { Condition, Interval, Period } from './report.ts';

export interface MetricsRow {
  /** Null: all of them. */
  readonly at: Date | null;
  readonly visits: number;
  readonly events: number;
  readonly visitors: number;
  readonly visitorDays: number;
  readonly sessions: number;
  readonly bounces: number;
  readonly sessionMs: number;
  readonly bots: number;
  readonly previews: number;
}

const person = (condition = 'true') => `FILTER (WHERE kind = 'person' AND ${condition})`;

/**
 * From the rollups: whole hours without a filter. Counts are sums; visitors are the union of sets of days, and of the raw hits of days that
 * the period holds a part of. Hours have their own visitors, which were counted when they were rolled up.
 */
export function rolledUpTimeseries(site: ReportSite, { from, to }: Period, parts: Parts, interval: Interval) {
  const values = [site.id, site.timeZone, from, to, interval, parts.firstDay, parts.afterDay];
  const hasEdges = parts.daysBegin > from || parts.daysEnd < to;
  if (hasEdges) values.push(parts.daysBegin, parts.daysEnd);
  const bucketOfDay = `date_trunc($5, day::timestamp AT TIME ZONE $2, $2)`;
  const text = `
    WITH ${hasEdges ? `${edges(interval === 'hour' ? 'day' : interval)},` : ''}
    counted AS (
      SELECT date_trunc($5, hour, $2) AS at, sum(visits)::float8 AS visits, sum(events)::float8 AS events, sum(bots)::float8 AS bots,
        sum(previews)::float8 AS previews, sum(sessions)::float8 AS sessions, sum(bounces)::float8 AS bounces,
        sum(session_ms)::float8 AS session_ms, sum(visitors)::float8 AS visitors, sum(visitor_days)::float8 AS visitor_days
      FROM hour_rollups WHERE site_id = $1 AND hour >= $3 AND hour < $4 GROUP BY 1),
    days AS (
      SELECT ${bucketOfDay} AS at, chunk, bits FROM day_visitors WHERE site_id = $1 AND day >= $6::date AND day < $7::date
      ${hasEdges ? `UNION ALL SELECT at, number / ${CHUNK}, ${bitsOf('number')} FROM edge_numbers GROUP BY at, number / ${CHUNK}` : ''}),
    united AS (${
      interval === 'hour'
        ? 'SELECT true AS is_total, NULL::timestamptz AS at, bit_or(bits) AS bits FROM days GROUP BY chunk'
        : `SELECT GROUPING(at) = 1 AS is_total, at, bit_or(bits) AS bits FROM days GROUP BY GROUPING SETS ((at, chunk), (chunk))`
    }),
    visitors AS (SELECT is_total, at, sum(bit_count(bits))::float8 AS visitors FROM united GROUP BY is_total, at),
    cookieless AS (
      SELECT GROUPING(at) = 1 AS is_total, at, sum(visitor_days)::float8 AS visitor_days FROM (
        SELECT ${bucketOfDay} AS at, visitor_days FROM day_rollups WHERE site_id = $1 AND day >= $6::date AND day < $7::date
        ${hasEdges ? 'UNION ALL SELECT at, count(DISTINCT (day, visitor)) FROM edge WHERE NOT is_consented GROUP BY at' : ''}) AS each
      GROUP BY GROUPING SETS ((at), ()))
    SELECT bucket.at, ${sums('counted')},
      coalesce(${interval === 'hour' ? 'counted' : 'visitors'}.visitors, 0) AS visitors,
      coalesce(${interval === 'hour' ? 'counted' : 'cookieless'}.visitor_days, 0) AS "visitorDays"
    FROM (${buckets(interval)}) AS bucket
    LEFT JOIN counted ON counted.at = bucket.at
    ${
      interval === 'hour'
        ? ''
        : `LEFT JOIN visitors ON NOT visitors.is_total AND visitors.at = bucket.at
           LEFT JOIN cookieless ON NOT cookieless.is_total AND cookieless.at = bucket.at`
    }
    UNION ALL
    SELECT NULL, ${sums('total')}, coalesce((SELECT visitors FROM visitors WHERE is_total), 0)
        ${hasEdges ? '+ (SELECT count(DISTINCT visitor) FROM edge WHERE is_consented AND number IS NULL)' : ''},
      coalesce((SELECT visitor_days FROM cookieless WHERE is_total), 0)
    FROM (SELECT ${SUMMED.map((column) => `sum(${column}) AS ${column}`).join(', ')} FROM counted) AS total
    ORDER BY 1 NULLS LAST`;
  return { statement: { name: `timeseries ${interval}`, text }, values };
}

const SUMMED = ['visits', 'events', 'bots', 'previews', 'sessions', 'bounces', 'session_ms'];
const sums = (from: string) =>
  SUMMED.map((column) => `coalesce(${from}.${column}, 0) AS "${column === 'session_ms' ? 'sessionMs' : column}"`).join(
    ', ',
  );

/** The visitors of days that lie in the period only in part: [$3, $8) and [$9, $4). One whose hour is not rolled up yet may have no number. */
const edges = (bucket: Interval) => `
  edge AS MATERIALIZED (
    SELECT DISTINCT date_trunc('${bucket}', at, $2) AS at, (at AT TIME ZONE $2)::date AS day, is_consented, hits.visitor, number
    FROM hits LEFT JOIN visitor_numbers ON is_consented AND visitor_numbers.site_id = $1 AND visitor_numbers.visitor = hits.visitor
    WHERE hits.site_id = $1 AND at >= $3 AND at < $4 AND (at < $8 OR at >= $9) AND kind = 'person' AND hits.visitor IS NOT NULL),
  edge_numbers AS (SELECT at, number FROM edge WHERE number IS NOT NULL)`;

/** Of every clock and calendar: quarters of an hour are the finest that zones differ by. */
function buckets(interval: Interval): string {
  if (interval === 'minute')
    return `SELECT generate_series(date_trunc('minute', $3::timestamptz, $2), $4::timestamptz - interval '1 ms', '1 minute') AS at`;
  if (interval === 'hour')
    return `SELECT DISTINCT date_trunc('hour', each, $2) AS at FROM generate_series($3::timestamptz, $4::timestamptz - interval '1 ms', '15 minutes') AS each`;
  return `SELECT generate_series(date_trunc('${interval}', $3::timestamptz, $2), $4::timestamptz - interval '1 ms', '1 ${interval}', $2) AS at`;
}

/** From the raw hits and the sessions: for filters, and for times that are not whole hours. */
export function rawTimeseries(
  site: ReportSite,
  { from, to }: Period,
  interval: Interval,
  filter: readonly Condition[],
) {
  const values = new Values();
  values.list.push(site.id, site.timeZone, from, to, interval);
  const isWanted = areMet(filter, values);
  const text = `
    WITH counted AS (
      SELECT coalesce(at, 'infinity') AS at, count(*) ${person('is_visit')}::float8 AS visits, count(*) ${person('NOT is_visit')}::float8 AS events,
        count(*) FILTER (WHERE kind = 'bot')::float8 AS bots, count(*) FILTER (WHERE kind = 'preview')::float8 AS previews,
        count(DISTINCT visitor) ${person('is_consented')}::float8 AS visitors,
        count(DISTINCT (day, visitor)) ${person('NOT is_consented AND visitor IS NOT NULL')}::float8 AS visitor_days
      FROM (
        SELECT date_trunc($5, at, $2) AS at, (at AT TIME ZONE $2)::date AS day, kind, ${IS_VISIT} AS is_visit, is_consented, visitor
        FROM hits WHERE site_id = $1 AND at >= $3 AND at < $4 AND ${isWanted}) AS hit
      GROUP BY GROUPING SETS ((at), ())),
    session AS (
      SELECT coalesce(at, 'infinity') AS at, count(*)::float8 AS sessions, count(*) FILTER (WHERE visits = 1)::float8 AS bounces,
        sum(1000 * extract(epoch FROM ended_at - started_at))::float8 AS session_ms
      FROM (
        SELECT date_trunc($5, started_at, $2) AS at, * FROM (${sessionsOf('$3', '$4', filter.length ? isWanted : undefined)}) AS wanted) AS session
      GROUP BY GROUPING SETS ((at), ()))
    SELECT nullif(bucket.at, 'infinity') AS at, ${sums('figures')}, coalesce(visitors, 0) AS visitors, coalesce(visitor_days, 0) AS "visitorDays"
    FROM (${buckets(interval)} UNION ALL SELECT 'infinity') AS bucket
    LEFT JOIN (counted FULL JOIN session USING (at)) AS figures ON figures.at = bucket.at
    ORDER BY 1 NULLS LAST`;
  return { statement: { text }, values: values.list };
}
