import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateComments1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The path is the ids from the top of the thread down to the comment: sorted as bytes, it is the order of the thread.
    await runner.query(`
      CREATE TABLE comments (
        id uuid CONSTRAINT comments_pkey PRIMARY KEY,
        post_id uuid NOT NULL CONSTRAINT comments_post REFERENCES posts ON DELETE CASCADE,
        parent_id uuid CONSTRAINT comments_parent REFERENCES comments,
        author_id uuid NOT NULL,
        path text COLLATE "C" NOT NULL,
        depth integer NOT NULL,
        body text,
        body_html text,
        state text NOT NULL CONSTRAINT comments_state CHECK (state IN ('visible', 'hidden', 'deleted')),
        hidden_reason text,
        version integer NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT comments_body CHECK ((state = 'deleted') = (body IS NULL) AND (state = 'deleted') = (body_html IS NULL)),
        CONSTRAINT comments_hiding CHECK ((state = 'hidden') = (hidden_reason IS NOT NULL))
      )`);
    await runner.query('CREATE UNIQUE INDEX comments_in_thread ON comments (post_id, path)');
    await runner.query('CREATE INDEX comments_replies ON comments (parent_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE comments');
  }
}
