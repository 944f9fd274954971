import { areMet, isMet, Values } from './condition.sql.ts';
import { DAY, peopleOf, sessionsOf, WHO } from './hit-query.sql.ts';
import type { ReportSite } from './report-store.ts';
import type { Condition, Interval, Period } from './report.ts';

/** Sums are whole numbers, and as text: they may be larger than a double can tell. */
const REVENUE = `coalesce(jsonb_object_agg(currency, amount ORDER BY currency) FILTER (WHERE currency IS NOT NULL), '{}') AS revenue`;

export function goal(site: ReportSite, { from, to }: Period, condition: Condition, filter: readonly Condition[]) {
  const values = new Values();
  values.list.push(site.id, site.timeZone, from, to);
  const isWanted = areMet(filter, values);
  const isReached = isMet(condition, values);
  const text = `
    WITH hit AS (
      SELECT ${DAY} AS day, is_consented, visitor, currency, amount
      FROM hits WHERE ${peopleOf('$1', '$3', '$4')} AND ${isWanted} AND ${isReached})
    SELECT count(*)::float8 AS hits, ${WHO},
      (SELECT count(*) FROM (${sessionsOf('$3', '$4', `${isWanted} AND ${isReached}`)}) AS session)::float8 AS sessions,
      (SELECT ${REVENUE} FROM (SELECT currency, sum(amount)::text AS amount FROM hit GROUP BY currency) AS each)
    FROM hit`;
  return { statement: { text }, values: values.list };
}

/** What a goal's sessions are a share of. */
export function sessionCount(site: ReportSite, { from, to }: Period, filter: readonly Condition[]) {
  const values = new Values();
  values.list.push(site.id, from, to);
  const isWanted = filter.length ? areMet(filter, values) : undefined;
  return {
    statement: { text: `SELECT count(*)::float8 AS sessions FROM (${sessionsOf('$2', '$3', isWanted)}) AS session` },
    values: values.list,
  };
}

/** Buckets in which there was some; the row without a time is all of it. */
export function revenue(site: ReportSite, { from, to }: Period, interval: Interval, filter: readonly Condition[]) {
  const values = new Values();
  values.list.push(site.id, site.timeZone, from, to, interval);
  const text = `
    SELECT at, ${REVENUE} FROM (
      SELECT date_trunc($5, at, $2) AS at, currency, sum(amount)::text AS amount
      FROM hits WHERE ${peopleOf('$1', '$3', '$4')} AND currency IS NOT NULL AND ${areMet(filter, values)}
      GROUP BY GROUPING SETS ((1, currency), (currency))) AS each
    GROUP BY at ORDER BY at NULLS LAST`;
  return { statement: { text }, values: values.list };
}
