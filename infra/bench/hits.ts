/**
 * $3 hits of the site $1 on one day ($2, UTC): four of five in sittings of four, ninety seconds apart, at an hour that more people are awake in;
 * two of five by visitors with an id (so that a month with nine million has some half a million of them), the others by who is somebody
 * else each day.
 */
export const hitsOfMonth = `
  INSERT INTO hits (site_id, id, at, received_at, name, visitor, is_consented, kind, path, referrer, country, device, browser, os, props)
  SELECT $1, gen_random_uuid(), at, at, CASE WHEN n % 10 = 9 THEN 'signup' ELSE 'pageview' END,
    md5(CASE WHEN is_consented THEN 'known ' || abs(hashint8extended(sitting, extract(epoch FROM day)::bigint)) % 500000 ELSE day || ' ' || sitting END)::uuid,
    is_consented, 'person', '/page/' || abs(hashint8(n)) % 1000, CASE WHEN n % 3 = 0 THEN 'news.example' END,
    (ARRAY['AT', 'DE', 'CH', 'US'])[1 + sitting % 4], (ARRAY['desktop', 'mobile'])[1 + sitting % 2],
    (ARRAY['Firefox', 'Chrome', 'Safari'])[1 + sitting % 3], (ARRAY['Linux', 'Windows', 'macOS'])[1 + sitting % 3], NULL
  FROM (
    SELECT n, n / 4 AS sitting, day, n / 4 % 5 < 2 AS is_consented,
      day + (sqrt(abs(hashint8extended(n / 4, extract(epoch FROM day)::bigint)) % 1000000 / 1000000.0) * 86000 + n % 4 * 90
        + n % 1000 / 1000.0) * interval '1 second' AS at
    FROM generate_series(0, $3::bigint - 1) AS n, (SELECT $2::date::timestamp AT TIME ZONE 'UTC' AS day) AS that) AS hit`;
