/**
 * Marks the days of the site $1 from $2 to $3, by the time zone in which it is rolled up; without them all that it has. Only days whose hits are
 * all kept: what is made anew from a part of them would be less than what it replaces.
 */
export const MARK_DAYS = `
  WITH site AS (SELECT site_id, time_zone, (now() AT TIME ZONE time_zone)::date AS today FROM rolled_sites WHERE site_id = $1),
  kept AS (
    SELECT greatest($2::date, ((date_trunc('day', now(), 'UTC') - $4 * interval '1 day') AT TIME ZONE time_zone)::date + 1,
        (SELECT (min(hour) AT TIME ZONE time_zone)::date - 1 FROM hour_rollups WHERE hour_rollups.site_id = site.site_id)) AS first,
      least($3::date, today + 1, (SELECT (max(hour) AT TIME ZONE time_zone)::date + 1 FROM hour_rollups WHERE hour_rollups.site_id = site.site_id)) AS last
    FROM site),
  marked AS (
    INSERT INTO stale_days (site_id, day) SELECT $1, day::date FROM kept, generate_series(first::timestamp, last, '1 day') AS day
    ON CONFLICT DO NOTHING)
  SELECT first::text AS first, last::text AS last FROM kept WHERE first <= last`;
