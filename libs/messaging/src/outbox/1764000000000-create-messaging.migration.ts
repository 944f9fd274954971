import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a service with events needs in its database. As every migration: never edited, followed by another. */
export class CreateMessaging1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic text NOT NULL,
        key text NOT NULL,
        headers jsonb NOT NULL,
        value text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`);
    await runner.query(`
      CREATE TABLE leases (
        name text PRIMARY KEY,
        holder text NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE inbox (
        consumer_group text NOT NULL,
        event_id text NOT NULL,
        handled_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer_group, event_id)
      )`);
    await runner.query('CREATE INDEX inbox_handled ON inbox (handled_at)');
    await runner.query(`
      CREATE TABLE parked_events (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        consumer_group text NOT NULL,
        event_id text NOT NULL,
        topic text NOT NULL,
        key text NOT NULL,
        type text,
        headers jsonb NOT NULL,
        value text NOT NULL,
        origin text NOT NULL,
        state text NOT NULL CHECK (state IN ('retrying', 'dead', 'waiting')),
        attempts integer NOT NULL,
        reason text,
        stack text,
        parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        failed_at timestamptz,
        retry_at timestamptz,
        CONSTRAINT parked_events_event UNIQUE (consumer_group, event_id)
      )`);
    await runner.query('CREATE INDEX parked_events_in_order ON parked_events (consumer_group, topic, key, position)');
    await runner.query(
      `CREATE INDEX parked_events_due ON parked_events (consumer_group, retry_at) WHERE state = 'retrying'`,
    );
    await runner.query(`CREATE INDEX parked_events_dead ON parked_events (position) WHERE state = 'dead'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE parked_events, inbox, leases, outbox');
  }
}
