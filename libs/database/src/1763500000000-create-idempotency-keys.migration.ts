import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For services whose creates honour Idempotency-Key. As every migration: never edited, followed by another. */
export class CreateIdempotencyKeys1763500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        caller_id text NOT NULL,
        route text NOT NULL,
        key text NOT NULL,
        digest text NOT NULL,
        answer jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT idempotency_keys_pkey PRIMARY KEY (caller_id, route, key)
      )`);
    await runner.query('CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
