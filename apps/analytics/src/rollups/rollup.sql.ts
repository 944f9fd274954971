import { IS_VISIT } from './session.sql.ts';

/** How many visitors a row of `day_visitors` tells of. */
export const CHUNK = 8192;

/** The set of these numbers, as rows of `day_visitors` hold it. */
export const bitsOf = (number: string) =>
  `bit_or(set_bit(repeat('0', ${CHUNK})::bit(${CHUNK}), ${number} % ${CHUNK}, 1))`;

/** Hits of [$2, $3), by hours and days of the time zone $4. Every statement about the hours of a site begins with these. */
const HIT = `
  SELECT date_trunc('hour', at, $4) AS hour, (at AT TIME ZONE $4)::date AS day, kind, ${IS_VISIT} AS is_visit, is_consented, visitor
  FROM hits WHERE site_id = $1 AND at >= $2 AND at < $3::timestamptz + interval '1 hour' AND date_trunc('hour', at, $4) BETWEEN $2 AND $3`;
const IS_KNOWN = `kind = 'person' AND visitor IS NOT NULL`;

/** From the first to the last hour of the site ($2: time zone) that $1 and the hour after it have a part in. */
export const HOURS_TOUCHED = `
  SELECT date_trunc('hour', $1::timestamptz, $2) AS first, date_trunc('hour', $1::timestamptz + interval '59 minutes 59.999 seconds', $2) AS last`;

/** What can be counted hit by hit. */
export const COUNT_HITS = `
  INSERT INTO hour_rollups (site_id, hour, visits, events, bots, previews, visitors, visitor_days)
  SELECT $1, hour, count(*) FILTER (WHERE kind = 'person' AND is_visit), count(*) FILTER (WHERE kind = 'person' AND NOT is_visit),
    count(*) FILTER (WHERE kind = 'bot'), count(*) FILTER (WHERE kind = 'preview'),
    count(DISTINCT visitor) FILTER (WHERE kind = 'person' AND is_consented),
    count(DISTINCT visitor) FILTER (WHERE kind = 'person' AND NOT is_consented)
  FROM (${HIT}) AS hit GROUP BY hour
  ON CONFLICT (site_id, hour) DO UPDATE SET visits = excluded.visits, events = excluded.events, bots = excluded.bots,
    previews = excluded.previews, visitors = excluded.visitors, visitor_days = excluded.visitor_days
  RETURNING visitors, visitor_days AS "visitorDays"`;

/**
 * The sessions that began in these hours, also where there are none any more. Counted hour by hour: as a join of all hours it was a hash
 * of all sessions that the site has ever had, at each run.
 */
export const COUNT_SESSIONS = `
  INSERT INTO hour_rollups (site_id, hour, sessions, bounces, session_ms)
  SELECT $1, began.hour, counted.* FROM unnest($2::timestamptz[]) AS began (hour), LATERAL (
    SELECT count(*), count(*) FILTER (WHERE visits = 1), coalesce(sum(1000 * extract(epoch FROM ended_at - started_at)), 0)
    FROM sessions
    WHERE site_id = $1 AND started_at >= began.hour AND started_at < began.hour + interval '1 hour'
      AND date_trunc('hour', started_at, $3) = began.hour) AS counted
  ON CONFLICT (site_id, hour) DO UPDATE SET sessions = excluded.sessions, bounces = excluded.bounces, session_ms = excluded.session_ms`;

/**
 * The number of a visitor by its key. A subquery, as a join is planned by what was known of the table a while ago, and reads all visitors
 * that the site has ever had, now and then for each that was seen.
 */
const NUMBER_OF_SEEN = `(SELECT number FROM visitor_numbers WHERE site_id = $1 AND visitor = seen.visitor)`;

/** Consented visitors who are seen for the first time are given the next numbers. One at a time does it: who holds the site. */
export const NUMBER_VISITORS = `
  WITH numbered AS (
    INSERT INTO visitor_numbers (site_id, visitor, number)
    SELECT $1, visitor, (SELECT visitors FROM rolled_sites WHERE site_id = $1) + row_number() OVER () - 1
    FROM (SELECT DISTINCT visitor FROM (${HIT}) AS hit WHERE ${IS_KNOWN} AND is_consented) AS seen
    WHERE ${NUMBER_OF_SEEN} IS NULL
    RETURNING number)
  UPDATE rolled_sites SET visitors = visitors + (SELECT count(*) FROM numbered)
  WHERE site_id = $1 AND EXISTS (SELECT FROM numbered)`;

/** A set only grows: the same hour again, or two in any order, leave the same. */
export const ADD_VISITORS = `
  INSERT INTO day_visitors AS kept (site_id, day, chunk, bits)
  SELECT $1, day, number / ${CHUNK}, ${bitsOf('number')}
  FROM (
    SELECT day, ${NUMBER_OF_SEEN} AS number
    FROM (SELECT DISTINCT day, visitor FROM (${HIT}) AS hit WHERE ${IS_KNOWN} AND is_consented) AS seen) AS numbered
  GROUP BY day, number / ${CHUNK}
  ON CONFLICT (site_id, day, chunk) DO UPDATE SET bits = kept.bits | excluded.bits WHERE kept.bits | excluded.bits <> kept.bits`;

export const ADD_COOKIELESS_VISITORS = `
  WITH added AS (
    INSERT INTO cookieless_visitors (site_id, day, visitor)
    SELECT DISTINCT $1::uuid, day, visitor FROM (${HIT}) AS hit WHERE ${IS_KNOWN} AND NOT is_consented
    ON CONFLICT DO NOTHING RETURNING day)
  INSERT INTO day_rollups AS kept (site_id, day, visitor_days)
  SELECT $1, day, count(*) FROM added GROUP BY day
  ON CONFLICT (site_id, day) DO UPDATE SET visitor_days = kept.visitor_days + excluded.visitor_days`;

/** The day $2 of the time zone $3, from its first moment to the next day's. */
export const DAY_BOUNDS = `
  SELECT $1::date::timestamp AT TIME ZONE $2 AS first, ($1::date + 1)::timestamp AT TIME ZONE $2 AS after`;
