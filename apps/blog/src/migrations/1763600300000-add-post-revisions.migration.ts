import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddPostRevisions1763600300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The key is also the index of the list: the revisions of a post, newest first.
    await runner.query(`
      CREATE TABLE post_revisions (
        post_id uuid NOT NULL CONSTRAINT post_revisions_post REFERENCES posts ON DELETE CASCADE,
        version integer NOT NULL,
        title text NOT NULL,
        body text NOT NULL,
        excerpt text,
        cover_image_url text,
        tags text[] NOT NULL,
        editor_id uuid NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT post_revisions_pkey PRIMARY KEY (post_id, version)
      )`);
    await runner.query(`
      INSERT INTO post_revisions (post_id, version, title, body, excerpt, cover_image_url, tags, editor_id, created_at)
      SELECT id, version, title, body, excerpt, cover_image_url, tags, author_id, updated_at FROM posts`);

    // History is only added to; it goes with its post, which the owner's foreign key does.
    await runner.query(`
      DO $$ DECLARE runtime text := regexp_replace(current_user, '_owner$', ''); BEGIN
        IF runtime <> current_user AND EXISTS (SELECT FROM pg_roles WHERE rolname = runtime) THEN
          EXECUTE format('REVOKE UPDATE, DELETE ON post_revisions FROM %I', runtime);
        END IF;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE post_revisions');
  }
}
