/** The columns of `hits` that stand in arrays of their own, in the order of the parameters of STORE_HITS, with the types of the elements. */
export const HIT_COLUMNS = {
  site_id: 'uuid',
  id: 'uuid',
  at: 'timestamptz',
  received_at: 'timestamptz',
  name: 'text',
  visitor: 'uuid',
  visitor_of_yesterday: 'uuid',
  is_consented: 'boolean',
  kind: 'text',
  path: 'text',
  referrer: 'text',
  utm_source: 'text',
  utm_medium: 'text',
  utm_campaign: 'text',
  utm_term: 'text',
  utm_content: 'text',
  country: 'text',
  device: 'text',
  browser: 'text',
  os: 'text',
  props: 'jsonb',
  amount: 'bigint',
  currency: 'text',
} as const;

const names = Object.keys(HIT_COLUMNS);
const arrays = Object.values(HIT_COLUMNS).map((type, index) => `$${index + 1}::${type}[]`);

/** Which of these sites there are; on the way it makes the partitions of these days (UTC) that are not there yet. */
export const PREPARE = `SELECT coalesce(array_agg(id), '{}') AS ids, make_hit_partitions($2::date[]) FROM sites WHERE id = ANY($1::uuid[])`;

/**
 * Stores those of the hits that are new, and notes the hours that have changed. They are claimed in the order of their keys, so that two
 * that have hits in common wait for each other and do not lock each other out: the second finds them known.
 */
export const STORE_HITS = `
  WITH given AS MATERIALIZED (SELECT * FROM unnest(${arrays.join(', ')}) AS given (${names.join(', ')})),
  fresh AS (
    INSERT INTO known_hits (site_id, id) SELECT site_id, id FROM given ORDER BY site_id, id
    ON CONFLICT DO NOTHING RETURNING site_id, id),
  stored AS (
    INSERT INTO hits (${names.join(', ')}) SELECT given.* FROM given JOIN fresh USING (site_id, id) RETURNING site_id, at),
  changed AS (
    INSERT INTO changed_hours (site_id, hour)
    SELECT DISTINCT site_id, date_trunc('hour', at, 'UTC') FROM stored ORDER BY 1, 2)
  SELECT count(*)::integer AS stored FROM stored`;
