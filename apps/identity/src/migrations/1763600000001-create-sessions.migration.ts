import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSessions1763600000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sessions (
        id uuid CONSTRAINT sessions_pkey PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT sessions_user REFERENCES users ON DELETE CASCADE,
        generation integer NOT NULL,
        current_hash bytea NOT NULL,
        previous_hash bytea,
        rotated_at timestamptz(3),
        network text NOT NULL,
        address text NOT NULL,
        agent text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        last_used_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        ended_at timestamptz(3),
        ended_reason text,
        CONSTRAINT sessions_ending CHECK ((ended_at IS NULL) = (ended_reason IS NULL))
      )`);
    await runner.query('CREATE INDEX sessions_by_user ON sessions (user_id, id)');
    await runner.query('CREATE INDEX sessions_by_end ON sessions (coalesce(ended_at, expires_at))');
    // What ends access tokens before they expire; sent to Redis, and kept here as long as a token may live.
    await runner.query(`
      CREATE TABLE access_revocations (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT access_revocations_pkey PRIMARY KEY,
        session_id uuid,
        user_id uuid,
        min_token_version integer,
        until timestamptz(3) NOT NULL,
        sent_at timestamptz(3),
        CONSTRAINT access_revocations_subject CHECK (num_nonnulls(session_id, user_id) = 1),
        CONSTRAINT access_revocations_version CHECK ((user_id IS NULL) = (min_token_version IS NULL))
      )`);
    await runner.query('CREATE INDEX access_revocations_unsent ON access_revocations (id) WHERE sent_at IS NULL');
    await runner.query('CREATE INDEX access_revocations_by_end ON access_revocations (until)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE access_revocations, sessions');
  }
}
