import type { MigrationInterface, QueryRunner } from 'typeorm';

/** All of it is made from `hits`, and can be made again while those are kept: docs/adr/0060-rollups.md, 0061-exact-uniques.md. */
export class CreateRollups1764100200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // What is known of a site as a whole. Who rolls it up holds its row: one at a time.
    await runner.query(`
      CREATE TABLE rolled_sites (
        site_id uuid CONSTRAINT rolled_sites_pkey PRIMARY KEY,
        time_zone text NOT NULL,
        visitors integer NOT NULL DEFAULT 0,
        longest_session_ms bigint NOT NULL DEFAULT 0
      )`);
    // Days (of the site) that are to be made anew from the raw hits.
    await runner.query(`
      CREATE TABLE stale_days (
        site_id uuid NOT NULL,
        day date NOT NULL,
        CONSTRAINT stale_days_pkey PRIMARY KEY (site_id, day)
      )`);
    // By the hour of the site, which in some zones begins at half past. Visitors are those of the hour: they cannot be added up.
    await runner.query(`
      CREATE TABLE hour_rollups (
        site_id uuid NOT NULL,
        hour timestamptz NOT NULL,
        visits integer NOT NULL DEFAULT 0,
        events integer NOT NULL DEFAULT 0,
        bots integer NOT NULL DEFAULT 0,
        previews integer NOT NULL DEFAULT 0,
        visitors integer NOT NULL DEFAULT 0,
        visitor_days integer NOT NULL DEFAULT 0,
        sessions integer NOT NULL DEFAULT 0,
        bounces integer NOT NULL DEFAULT 0,
        session_ms bigint NOT NULL DEFAULT 0,
        CONSTRAINT hour_rollups_pkey PRIMARY KEY (site_id, hour)
      )`);
    // A session is there once, under the visitor that it began with; over midnight a visitor without an id becomes another.
    await runner.query(`
      CREATE TABLE sessions (
        site_id uuid NOT NULL,
        started_at timestamptz(3) NOT NULL,
        visitor uuid NOT NULL,
        ended_at timestamptz(3) NOT NULL,
        visits integer NOT NULL,
        visitors uuid[] NOT NULL,
        CONSTRAINT sessions_pkey PRIMARY KEY (site_id, started_at, visitor)
      )`);
    // Consented visitors have a number, and a day is the set of its numbers: a bit each, 8192 to a row, which PostgreSQL keeps in line.
    await runner.query(`
      CREATE TABLE visitor_numbers (
        site_id uuid NOT NULL,
        visitor uuid NOT NULL,
        number integer NOT NULL,
        CONSTRAINT visitor_numbers_pkey PRIMARY KEY (site_id, visitor)
      )`);
    await runner.query(`
      CREATE TABLE day_visitors (
        site_id uuid NOT NULL,
        day date NOT NULL,
        chunk integer NOT NULL,
        bits bit(8192) NOT NULL,
        CONSTRAINT day_visitors_pkey PRIMARY KEY (site_id, day, chunk)
      )`);
    // Visitors without an id live one day: they are only to be counted.
    await runner.query(`
      CREATE TABLE cookieless_visitors (
        site_id uuid NOT NULL,
        day date NOT NULL,
        visitor uuid NOT NULL,
        CONSTRAINT cookieless_visitors_pkey PRIMARY KEY (site_id, day, visitor)
      )`);
    // Both are forgotten from the oldest on.
    await runner.query('CREATE INDEX sessions_started_at ON sessions USING brin (started_at)');
    await runner.query('CREATE INDEX cookieless_visitors_day ON cookieless_visitors USING brin (day)');
    await runner.query(`
      CREATE TABLE day_rollups (
        site_id uuid NOT NULL,
        day date NOT NULL,
        visitor_days integer NOT NULL DEFAULT 0,
        CONSTRAINT day_rollups_pkey PRIMARY KEY (site_id, day)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE day_rollups, cookieless_visitors, day_visitors, visitor_numbers, sessions');
    await runner.query('DROP TABLE hour_rollups, stale_days, rolled_sites');
  }
}
