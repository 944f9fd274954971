import { IS_VISIT } from '../rollups/session.sql.ts';
import { areMet, Values } from './condition.sql.ts';
import { LONGEST, peopleOf, sessionsOf } from './hit-query.sql.ts';
import type { ReportSite } from './report-store.ts';
import type { Condition, Period } from './report.ts';

/** The first pages of the sessions that began in the period; a page that follows itself stands once. Most sessions first. */
export function paths(
  site: ReportSite,
  { from, to }: Period,
  { length, limit, filter }: { length: number; limit: number; filter: readonly Condition[] },
) {
  const values = new Values();
  values.list.push(site.id, from, to, length, limit);
  const isWanted = filter.length ? areMet(filter, values) : undefined;
  const text = `
    WITH session AS MATERIALIZED (${sessionsOf('$2', '$3', isWanted)}),
    held AS (SELECT started_at, ended_at, visitor, unnest(visitors) AS member FROM session),
    viewed AS (
      SELECT started_at, held.visitor, at, id, path, lag(path) OVER (PARTITION BY started_at, held.visitor ORDER BY at, id) AS before
      FROM held JOIN (
        SELECT at, id, visitor, path FROM hits
        WHERE ${peopleOf('$1', '$2', `$3::timestamptz + ${LONGEST}`)} AND ${IS_VISIT} AND path IS NOT NULL) AS hit
      ON hit.visitor = member AND at BETWEEN started_at AND ended_at)
    SELECT pages, count(*)::float8 AS sessions
    FROM (
      SELECT (array_agg(path ORDER BY at, id))[:$4::integer] AS pages FROM viewed WHERE before IS DISTINCT FROM path
      GROUP BY started_at, visitor) AS path
    GROUP BY pages ORDER BY count(*) DESC, pages COLLATE "C" LIMIT $5`;
  return { statement: { text }, values: values.list };
}
