/** A visitor who does nothing for so long begins a new session. */
export const SESSION_GAP = `interval '30 minutes'`;

/**
 * No session goes on over four in the morning of the site, when the fewest are there: else one that is never left, or made up by a stranger, would be
 * as long as hits may be late, and be read anew as a whole for each of its hours. A fixed time, so that it does not matter in which order hits come.
 */
export const sessionDay = (at: string, timeZone: string) =>
  `((${at} AT TIME ZONE ${timeZone}) - interval '4 hours')::date`;

/** What counts as a visit; everything else that people do is an event. */
export const IS_VISIT = `name IN ('pageview', 'link-visit')`;

/**
 * How far the sessions reach that a hit in [$2, $3) might lengthen, join or split, `longest` being the longest of the site. Those of several
 * visitors apart: what they hold is not to be told by who and when alone, so that the time that they take is made anew as a whole.
 */
export const SESSION_REACH = `
  SELECT min(started_at) AS first, max(ended_at) AS last,
    min(started_at) FILTER (WHERE cardinality(visitors) > 1) AS "firstShared",
    max(ended_at) FILTER (WHERE cardinality(visitors) > 1) AS "lastShared"
  FROM sessions
  WHERE site_id = $1 AND ${touching('$2', '$3', '$4')}`;

/**
 * Makes the sessions anew that touch [$2, $3), from all hits in it and from those, between $4 and $5, that these sessions have held already.
 * A hit goes on with the session of its visitor's last hit, if that is less than half an hour ago and of the same day of sessions; else with the
 * session of who its visitor was yesterday; else it begins one. Answers the hours ($6: time zone) in which the sessions began that it removed and made, and the longest.
 */
export const MAKE_SESSIONS = `
  WITH RECURSIVE removed AS (
    DELETE FROM sessions WHERE site_id = $1 AND ${touching('$2', '$3', '$7')}
    RETURNING started_at, ended_at, visitor),
  hit AS (
    SELECT id, at, visitor, visitor_of_yesterday, ${IS_VISIT} AS is_visit FROM hits
    WHERE site_id = $1 AND at >= $2 AND at < $3 AND kind = 'person' AND visitor IS NOT NULL
    UNION ALL
    SELECT id, at, visitor, visitor_of_yesterday, ${IS_VISIT} FROM hits
    WHERE site_id = $1 AND at BETWEEN $4 AND $5 AND NOT (at >= $2 AND at < $3) AND kind = 'person' AND visitor IS NOT NULL
      AND EXISTS (SELECT FROM removed WHERE removed.visitor = hits.visitor AND at BETWEEN started_at AND ended_at)),
  flagged AS (
    SELECT *, coalesce(at - lag(at) OVER visitor_hits >= ${SESSION_GAP} OR day <> lag(day) OVER visitor_hits, true) AS begins
    FROM (SELECT *, ${sessionDay('at', '$6')} AS day FROM hit) AS hit WINDOW visitor_hits AS (PARTITION BY visitor ORDER BY at, id)),
  numbered AS (
    SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY visitor ORDER BY at, id) AS n FROM flagged),
  part AS MATERIALIZED (
    SELECT visitor, n, min(day) AS day, min(at) AS started_at, max(at) AS ended_at, count(*) FILTER (WHERE is_visit) AS visits,
      (array_agg(visitor_of_yesterday) FILTER (WHERE begins))[1] AS yesterday
    FROM numbered GROUP BY visitor, n),
  link AS (
    SELECT DISTINCT ON (part.visitor, part.n) part.visitor, part.n, before.visitor AS parent, before.n AS parent_n
    FROM part JOIN part before ON before.visitor = part.yesterday AND before.day = part.day
      AND before.started_at < part.started_at AND before.ended_at > part.started_at - ${SESSION_GAP}
    ORDER BY part.visitor, part.n, before.started_at DESC),
  rooted AS (
    SELECT visitor, n, visitor AS root, n AS root_n FROM part
    WHERE yesterday IS NULL OR NOT EXISTS (SELECT FROM link WHERE link.visitor = part.visitor AND link.n = part.n)
    UNION ALL
    SELECT link.visitor, link.n, root, root_n FROM link JOIN rooted ON parent = rooted.visitor AND parent_n = rooted.n),
  made AS (
    INSERT INTO sessions (site_id, started_at, visitor, ended_at, visits, visitors)
    SELECT $1, min(started_at), root, max(ended_at), sum(visits), array_agg(DISTINCT visitor)
    FROM rooted JOIN part USING (visitor, n) GROUP BY root, root_n
    RETURNING started_at, ended_at)
  SELECT array_agg(DISTINCT date_trunc('hour', started_at, $6)) AS hours, 
    (1000 * extract(epoch FROM max(ended_at - started_at)))::float8 AS "longestMs"
  FROM (SELECT started_at, ended_at FROM removed UNION ALL SELECT started_at, ended_at FROM made) AS changed`;

/** The longest session bounds from below where one may have begun: so the index on that is all it takes. */
function touching(from: string, to: string, longest: string): string {
  return `started_at < ${to}::timestamptz + ${SESSION_GAP} AND ended_at > ${from}::timestamptz - ${SESSION_GAP}
    AND started_at > ${from}::timestamptz - ${SESSION_GAP} - ${longest}::bigint * interval '1 ms'`;
}
