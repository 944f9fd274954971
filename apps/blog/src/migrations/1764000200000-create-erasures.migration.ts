import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateErasures1764000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE erasures (
        user_id uuid CONSTRAINT erasures_pkey PRIMARY KEY,
        due_at timestamptz NOT NULL DEFAULT now(),
        passes integer NOT NULL DEFAULT 0
      )`);
    await runner.query('CREATE INDEX erasures_due ON erasures (due_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE erasures');
  }
}
