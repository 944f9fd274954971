import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePostImports1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Which post came of which file: what makes a second import of the same folder find the first. The key decides between two at once.
    await runner.query(`
      CREATE TABLE post_imports (
        author_id uuid NOT NULL,
        path text NOT NULL,
        post_id uuid NOT NULL CONSTRAINT post_imports_post REFERENCES posts ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        content_digest text NOT NULL,
        publication text NOT NULL,
        CONSTRAINT post_imports_pkey PRIMARY KEY (author_id, path),
        CONSTRAINT post_imports_one_file UNIQUE (post_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE post_imports');
  }
}
