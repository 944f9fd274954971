import { areMet, isMet, Values } from './condition.sql.ts';
import { DAY, peopleOf, WHO } from './hit-query.sql.ts';
import type { ReportSite } from './report-store.ts';
import type { Condition, Period } from './report.ts';

/**
 * How many visitors came as far as each step, each step later than the one before and all of them within the window after the first: the best
 * that a visitor has done counts. Who has no id is somebody else on the next day.
 *
 * Each hit is looked at once for each step, in the order of time: of all ways that lead to it, the one that began last has the most of its
 * window left, and gets as far as any. So `began_n` is the latest begin of those that had done step n before, and a visitor with ten thousand
 * hits costs ten times one with a thousand.
 */
export function funnel(
  site: ReportSite,
  { from, to }: Period,
  { step, windowMinutes, filter }: { step: readonly Condition[]; windowMinutes: number; filter: readonly Condition[] },
) {
  const values = new Values();
  values.list.push(site.id, site.timeZone, from, to, windowMinutes);
  const isWanted = areMet(filter, values);
  const isStep = step.map((condition) => isMet(condition, values));
  const later = step.slice(1).map((_, done) => {
    const next = done + 1;
    return `
    step_${next} AS (
      SELECT *, CASE WHEN is_${next} AND at <= before_${next} + $5 * interval '1 minute' THEN before_${next} END AS began_${next}
      FROM (SELECT *, max(began_${done}) OVER (PARTITION BY visitor, is_consented, day ORDER BY at
        GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_${next} FROM step_${done}) AS hit)`;
  });
  const text = `
    WITH hit AS (
      SELECT visitor, is_consented, CASE WHEN is_consented THEN '-infinity' ELSE ${DAY} END AS day, at,
        ${isStep.map((isMet, index) => `${isMet} AS is_${index}`).join(', ')}
      FROM hits WHERE ${peopleOf('$1', '$3', '$4')} AND visitor IS NOT NULL AND ${isWanted} AND (${isStep.join(' OR ')})),
    step_0 AS (SELECT *, CASE WHEN is_0 THEN at END AS began_0 FROM hit),${later.join(',')},
    way AS MATERIALIZED (SELECT * FROM step_${step.length - 1})
    ${step.map((_, index) => `SELECT ${index} AS step, ${WHO} FROM way WHERE began_${index} IS NOT NULL`).join(' UNION ALL ')} ORDER BY step`;
  return { statement: { text }, values: values.list };
}
