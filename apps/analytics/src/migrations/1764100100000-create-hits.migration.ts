import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateHits1764100100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sites (
        id uuid CONSTRAINT sites_pkey PRIMARY KEY,
        kind text NOT NULL CONSTRAINT sites_kind CHECK (kind IN ('web', 'links', 'blog')),
        owner_id uuid,
        name text NOT NULL,
        key text COLLATE "C" NOT NULL,
        -- One that PostgreSQL does not know is refused with 22023.
        time_zone text NOT NULL DEFAULT 'UTC' CONSTRAINT sites_time_zone CHECK (now() AT TIME ZONE time_zone IS NOT NULL),
        allowed_origins text[] NOT NULL DEFAULT '{}',
        -- What visitor ids are hashed with: random, and gone with the site.
        visitor_salt uuid NOT NULL DEFAULT gen_random_uuid(),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1
      )`);
    await runner.query('CREATE UNIQUE INDEX sites_key ON sites (key)');
    await runner.query('CREATE INDEX sites_owner ON sites (owner_id, id DESC)');
    // Each owner has one site of their links, and nobody's links have one; there is one of the blog.
    await runner.query(
      `CREATE UNIQUE INDEX sites_of_links ON sites (owner_id) NULLS NOT DISTINCT WHERE kind = 'links'`,
    );
    await runner.query(`CREATE UNIQUE INDEX sites_of_blog ON sites (kind) WHERE kind = 'blog'`);
    await runner.query(`
      CREATE TABLE site_readers (
        site_id uuid NOT NULL CONSTRAINT site_readers_site REFERENCES sites ON DELETE CASCADE,
        user_id uuid NOT NULL,
        invited_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT site_readers_pkey PRIMARY KEY (site_id, user_id)
      )`);
    await runner.query('CREATE INDEX site_readers_user ON site_readers (user_id, site_id)');
    // Sites that are gone and whose data is still to be erased.
    await runner.query(`
      CREATE TABLE site_erasures (
        site_id uuid CONSTRAINT site_erasures_pkey PRIMARY KEY,
        passes integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX site_erasures_due ON site_erasures (due_at)');
    // Visits of their links may come after they are gone: no site is made for them.
    await runner.query(`
      CREATE TABLE deleted_users (
        user_id uuid CONSTRAINT deleted_users_pkey PRIMARY KEY,
        deleted_at timestamptz NOT NULL DEFAULT now(),
        passes integer NOT NULL DEFAULT 0,
        -- When it is looked again whether anything is theirs; null: never again.
        due_at timestamptz DEFAULT now()
      )`);
    await runner.query('CREATE INDEX deleted_users_due ON deleted_users (due_at) WHERE due_at IS NOT NULL');

    // The raw data: a partition per day (UTC) of when it happened, made and dropped by the two functions below. No key: that each hit is
    // there once is for known_hits to see to. No foreign key: deleting a site erases in steps.
    await runner.query(`
      CREATE TABLE hits (
        site_id uuid NOT NULL,
        id uuid NOT NULL,
        at timestamptz(3) NOT NULL,
        received_at timestamptz(3) NOT NULL,
        name text NOT NULL,
        visitor uuid,
        visitor_of_yesterday uuid,
        is_consented boolean NOT NULL,
        kind text NOT NULL,
        path text,
        referrer text,
        utm_source text,
        utm_medium text,
        utm_campaign text,
        utm_term text,
        utm_content text,
        country text,
        device text NOT NULL,
        browser text,
        os text,
        props jsonb,
        amount bigint,
        currency text
      ) PARTITION BY RANGE (at)`);
    await runner.query('CREATE INDEX hits_site_at ON hits (site_id, at)');
    // What was stored is known by its id alone, whatever its time: a client that repeats itself may tell another. `day` is that of storing.
    await runner.query(`
      CREATE TABLE known_hits (
        site_id uuid NOT NULL,
        id uuid NOT NULL,
        day date NOT NULL DEFAULT current_date,
        CONSTRAINT known_hits_pkey PRIMARY KEY (site_id, id)
      )`);
    await runner.query('CREATE INDEX known_hits_day ON known_hits USING brin (day)');
    // Hours (UTC) of a site to which something was added since they were rolled up: a row for each transaction that did. Whoever rolls up
    // deletes the rows that it sees and then reads the hits; who adds waits for nobody, as it would for one row of the hour.
    await runner.query(`
      CREATE TABLE changed_hours (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT changed_hours_pkey PRIMARY KEY,
        site_id uuid NOT NULL,
        hour timestamptz NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX changed_hours_site_hour ON changed_hours (site_id, hour)');
    await runner.query(`
      CREATE TABLE rejected_rows (
        id uuid CONSTRAINT rejected_rows_pkey PRIMARY KEY,
        site_id uuid NOT NULL,
        row jsonb NOT NULL,
        reason text NOT NULL,
        received jsonb NOT NULL,
        rejected_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX rejected_rows_site ON rejected_rows (site_id, id)');
    await runner.query('CREATE INDEX rejected_rows_rejected_at ON rejected_rows (rejected_at)');

    await runner.query(MAKE_PARTITIONS);
    await runner.query(DROP_PARTITION);
    for (const each of ['make_hit_partitions(date[])', 'drop_hit_partition(integer)'])
      await runner.query(`REVOKE ALL ON FUNCTION ${each} FROM PUBLIC`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION make_hit_partitions, drop_hit_partition');
    await runner.query('DROP TABLE rejected_rows, changed_hours, known_hits, hits, deleted_users, site_erasures');
    await runner.query('DROP TABLE site_readers, sites');
  }
}

/*
 * The role that runs the service has no DDL, and partitions come and go while it runs. So these two do that and nothing else, as their owner
 * (SECURITY DEFINER): docs/adr/0058-raw-hits.md. What the owner makes, the running role may use by the default privileges of the database.
 */

/**
 * Answers how many it made. A partition is made by itself and then attached, which waits for nobody who reads or writes hits; CREATE TABLE …
 * PARTITION OF would. Two that want the same one take turns; to_regclass would answer the second from what it remembers.
 */
const MAKE_PARTITIONS = `
  CREATE FUNCTION make_hit_partitions(days date[]) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
  DECLARE
    wanted date;
    partition text;
    made integer := 0;
  BEGIN
    FOR wanted IN SELECT DISTINCT unnest(days) AS each ORDER BY each LOOP
      partition := 'hits_' || to_char(wanted, 'YYYYMMDD');
      CONTINUE WHEN EXISTS (SELECT FROM pg_class WHERE relname = partition AND relnamespace = 'public'::regnamespace);
      IF wanted NOT BETWEEN current_date - 3660 AND current_date + 30 THEN
        RAISE EXCEPTION 'no hit is of %', wanted USING ERRCODE = 'invalid_parameter_value';
      END IF;
      PERFORM pg_advisory_xact_lock(hashtext('hit partitions'));
      CONTINUE WHEN EXISTS (SELECT FROM pg_class WHERE relname = partition AND relnamespace = 'public'::regnamespace);
      EXECUTE format('CREATE TABLE public.%I (LIKE public.hits INCLUDING ALL)', partition);
      EXECUTE format('ALTER TABLE public.hits ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        partition, wanted, wanted + 1);
      made := made + 1;
    END LOOP;
    RETURN made;
  END $$`;

/**
 * Drops the oldest partition whose day ended more than so many days ago, unless hours or days that it has a part in, by whatever time zone, are
 * still to be rolled up; answers its name, or null.
 * It has to be alone with `hits` for a moment: it does not wait for long, as everybody would wait behind it.
 */
const DROP_PARTITION = `
  CREATE FUNCTION drop_hit_partition(keep_days integer) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'
  SET lock_timeout = '200ms' AS $$
  DECLARE
    partition text;
  BEGIN
    IF keep_days < 8 THEN
      RAISE EXCEPTION 'hits may come 7 days late' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('hit partitions'));
    SELECT relname INTO partition
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid,
      LATERAL (SELECT to_date(right(relname, 8), 'YYYYMMDD') AS day) AS named
    WHERE inhparent = 'public.hits'::regclass AND day < current_date - keep_days AND NOT EXISTS (
      SELECT FROM public.changed_hours WHERE hour >= day AND hour < day + 2) AND NOT EXISTS (
      SELECT FROM public.stale_days WHERE stale_days.day BETWEEN named.day - 1 AND named.day + 2)
    ORDER BY day LIMIT 1;
    IF partition IS NOT NULL THEN EXECUTE format('DROP TABLE public.%I', partition); END IF;
    RETURN partition;
  END $$`;
