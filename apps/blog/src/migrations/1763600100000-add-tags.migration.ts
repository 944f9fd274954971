import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddTags1763600100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE posts ADD COLUMN tags text[] NOT NULL DEFAULT '{}'`);
    // For lists by tag: a rare tag is found here, a common one by walking posts_by_state; PostgreSQL knows which is which.
    await runner.query('CREATE INDEX posts_by_tag ON posts USING gin (tags)');

    // Kept in step by each write, so that the list of tags reads one index, however many posts there are.
    await runner.query(`
      CREATE TABLE tag_counts (tag text CONSTRAINT tag_counts_pkey PRIMARY KEY, posts integer NOT NULL)`);
    await runner.query('CREATE INDEX tag_counts_by_posts ON tag_counts ((-posts), tag) WHERE posts > 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tag_counts');
    await runner.query('ALTER TABLE posts DROP COLUMN tags');
  }
}
