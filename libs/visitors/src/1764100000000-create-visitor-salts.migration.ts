import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateVisitorSalts1764100000000 implements MigrationInterface {
  /** UNLOGGED: a salt is in no write-ahead log, no replica and no backup; a crash of PostgreSQL ends it early. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE visitor_salts (
        time_zone text NOT NULL,
        day date NOT NULL,
        salt bytea NOT NULL,
        ends_at timestamptz NOT NULL,
        CONSTRAINT visitor_salts_pkey PRIMARY KEY (time_zone, day)
      )`);
    // DELETE would leave the bytes in the file until it is vacuumed and written over. TRUNCATE gives the file up, within the transaction
    // that puts the living ones into the next. The role that runs the service may not truncate: it may call this.
    await runner.query(`
      CREATE FUNCTION destroy_visitor_salts(ended_by timestamptz) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
      DECLARE living visitor_salts[];
      BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('visitor salts')); -- before the look: two of them would wait for each other
        IF NOT EXISTS (SELECT FROM visitor_salts WHERE ends_at <= ended_by) THEN RETURN; END IF;
        LOCK TABLE visitor_salts IN ACCESS EXCLUSIVE MODE;
        living := ARRAY(SELECT visitor_salts FROM visitor_salts WHERE ends_at > ended_by);
        TRUNCATE visitor_salts;
        INSERT INTO visitor_salts SELECT * FROM unnest(living);
      END $$`);
    await runner.query('REVOKE ALL ON FUNCTION destroy_visitor_salts(timestamptz) FROM PUBLIC');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION destroy_visitor_salts(timestamptz)');
    await runner.query('DROP TABLE visitor_salts');
  }
}
