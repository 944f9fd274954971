import { CHUNK } from '../rollups/rollup.sql.ts';

/**
 * $1: site, $2: day or week, $3 and $4: the dates of the first day and of the one after the last. Sets of numbers all the way: who is in a
 * period and in none before it came for the first time; who of them is in a later one came back.
 */
export const RETENTION = `
  WITH seen AS MATERIALIZED (
    SELECT date_trunc($2, day::timestamp)::date AS date, chunk, bit_or(bits) AS bits
    FROM day_visitors WHERE site_id = $1 AND day < $4::date GROUP BY 1, 2),
  fresh AS MATERIALIZED (
    SELECT date, chunk, bits & ~ coalesce(bit_or(bits) OVER (PARTITION BY chunk ORDER BY date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
      repeat('0', ${CHUNK})::bit(${CHUNK})) AS bits
    FROM seen)
  SELECT fresh.date::text AS date, seen.date::text AS "returnedOn", sum(bit_count(fresh.bits & seen.bits))::float8 AS visitors
  FROM fresh JOIN seen ON seen.chunk = fresh.chunk AND seen.date >= fresh.date
  WHERE fresh.date >= $3::date
  GROUP BY 1, 2`;
