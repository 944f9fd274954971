import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By whom: for the erasure of a person's comments and likes. Built beside what goes on: docs/patterns/migrations.md. */
export class IndexPeople1764000100000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('SET lock_timeout = 0');
    await runner.query('DROP INDEX IF EXISTS comments_by_author, likes_by_user'); // of an attempt that was cut off
    await runner.query('CREATE INDEX CONCURRENTLY comments_by_author ON comments (author_id)');
    await runner.query('CREATE INDEX CONCURRENTLY likes_by_user ON likes (user_id)');
    await runner.query('RESET lock_timeout');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX comments_by_author, likes_by_user');
  }
}
