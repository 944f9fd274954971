import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLikes1763700100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE likes (
        post_id uuid NOT NULL CONSTRAINT likes_post REFERENCES posts ON DELETE CASCADE,
        user_id uuid NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT likes_pkey PRIMARY KEY (post_id, user_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE likes');
  }
}
