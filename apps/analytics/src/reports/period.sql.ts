/** $1: time zone; from and to as a date ($2, $4) or a time ($3, $5). */
export const PERIOD = `
  WITH last AS (SELECT coalesce($4::date, (coalesce($5::timestamptz - interval '1 ms', now()) AT TIME ZONE $1)::date) AS day)
  SELECT coalesce($3::timestamptz, coalesce($2::date, day - 6)::timestamp AT TIME ZONE $1) AS "from",
    coalesce($5::timestamptz, (day + 1)::timestamp AT TIME ZONE $1) AS "to"
  FROM last`;

/** What lies between $2 and $3, by the clock and calendar of $1. */
export const PARTS = `
  WITH asked AS (
    SELECT $2::timestamptz AS begin, $3::timestamptz AS after,
      ($2::timestamptz AT TIME ZONE $1)::date AS first, ($3::timestamptz AT TIME ZONE $1)::date AS last)
  SELECT date_trunc('hour', begin, $1) = begin AND date_trunc('hour', after, $1) = after AS "isWholeHours",
    whole.first::text AS "firstDay", last::text AS "afterDay",
    least(whole.first::timestamp AT TIME ZONE $1, after) AS "daysBegin",
    greatest(last::timestamp AT TIME ZONE $1, least(whole.first::timestamp AT TIME ZONE $1, after)) AS "daysEnd",
    (whole.first - (last - whole.first))::timestamp AT TIME ZONE $1 AS "sameDaysBefore"
  FROM asked, LATERAL (
    SELECT first + CASE WHEN first::timestamp AT TIME ZONE $1 = begin THEN 0 ELSE 1 END AS first) AS whole`;

export interface Parts {
  readonly isWholeHours: boolean;
  /** The days that lie in it as a whole, as dates: from the first to the one after the last. */
  readonly firstDay: string;
  readonly afterDay: string;
  /** The same as times. What lies before and after are the edges; all of it is an edge where there is no whole day. */
  readonly daysBegin: Date;
  readonly daysEnd: Date;
  readonly sameDaysBefore: Date;
}

export const WHOLE_PERIOD = `
  SELECT date_trunc($4, $2::timestamptz, $1) AS "from",
    ((date_trunc($4, $3::timestamptz - interval '1 ms', $1) AT TIME ZONE $1) + ('1 ' || $4)::interval) AT TIME ZONE $1 AS "to"`;
