import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSessions1763600000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sessions (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        current_hash bytea NOT NULL,
        previous_hash bytea,
        rotated_at timestamptz,
        revoked_at timestamptz,
        created_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sessions');
  }
}
