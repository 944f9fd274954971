import { IS_VISIT } from '../rollups/session.sql.ts';
import { areMet, columnOf, Values } from './condition.sql.ts';
import { DAY, peopleOf, WHO } from './hit-query.sql.ts';
import type { ReportSite } from './report-store.ts';
import type { Condition, Period } from './report.ts';

export interface BreakdownRow {
  readonly value: string | null;
  readonly visits: number;
  readonly events: number;
  readonly visitors: number;
  readonly visitorDays: number;
  readonly values: number;
}

/** Those with the most hits first. */
export function breakdown(
  site: ReportSite,
  { from, to }: Period,
  { by, limit, filter }: { by: string; limit: number; filter: readonly Condition[] },
) {
  const values = new Values();
  values.list.push(site.id, site.timeZone, from, to, limit);
  const text = `
    SELECT value, count(*) FILTER (WHERE is_visit)::float8 AS visits, count(*) FILTER (WHERE NOT is_visit)::float8 AS events,
      ${WHO}, (count(*) OVER ())::float8 AS values
    FROM (
      SELECT ${columnOf(by, values)} AS value, ${IS_VISIT} AS is_visit, ${DAY} AS day, is_consented, visitor
      FROM hits WHERE ${peopleOf('$1', '$3', '$4')} AND ${areMet(filter, values)}) AS hit
    GROUP BY value ORDER BY count(*) DESC, value COLLATE "C" NULLS LAST LIMIT $5`;
  return { statement: { text }, values: values.list };
}
