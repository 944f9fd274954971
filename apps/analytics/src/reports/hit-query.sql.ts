/* What the statements of reports have in common. $1 is the site everywhere, $2 its time zone where days are told apart. */

/** The day of the site. */
export const DAY = `(at AT TIME ZONE $2)::date`;

/** Visitor ids once, others once a day. */
export const WHO = `count(DISTINCT visitor) FILTER (WHERE is_consented)::float8 AS visitors,
  count(DISTINCT (day, visitor)) FILTER (WHERE NOT is_consented AND visitor IS NOT NULL)::float8 AS "visitorDays"`;

/** Its hits of people. */
export const peopleOf = (site: string, from: string, to: string) =>
  `site_id = ${site} AND at >= ${from} AND at < ${to} AND kind = 'person'`;

/** A session of the period may go on after it for as long. */
export const LONGEST = `(SELECT longest_session_ms * interval '1 ms' FROM rolled_sites WHERE site_id = $1)`;

/** Those that began in [from, to); where hits have to meet a condition, those that hold one that does, whenever. */
export function sessionsOf(from: string, to: string, isWanted?: string): string {
  const began = `site_id = $1 AND started_at >= ${from}::timestamptz AND started_at < ${to}::timestamptz`;
  if (isWanted === undefined) return `SELECT * FROM sessions WHERE ${began}`;
  return `
    SELECT * FROM sessions WHERE ${began} AND (started_at, visitor) IN (
      SELECT held.started_at, held.visitor
      FROM (SELECT started_at, ended_at, visitor, unnest(visitors) AS member FROM sessions WHERE ${began}) AS held
      JOIN (
        SELECT at, visitor FROM hits
        WHERE site_id = $1 AND at >= ${from} AND at < ${to}::timestamptz + ${LONGEST}
          AND kind = 'person' AND ${isWanted}) AS hit
      ON hit.visitor = member AND at BETWEEN held.started_at AND held.ended_at)`;
}
