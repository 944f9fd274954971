import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddPostSearch1763600200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Trusted extensions: the owner of the database may create them.
    await runner.query('CREATE EXTENSION IF NOT EXISTS unaccent; CREATE EXTENSION IF NOT EXISTS pg_trgm');

    // English endings are folded (`cairns` finds `cairn`), accents in any language; other words are taken as they are.
    await runner.query(`
      CREATE TEXT SEARCH CONFIGURATION post_text (COPY = english);
      ALTER TEXT SEARCH CONFIGURATION post_text ALTER MAPPING FOR word, hword, hword_part WITH unaccent, english_stem;
      ALTER TEXT SEARCH CONFIGURATION post_text ALTER MAPPING FOR numword, numhword WITH unaccent, simple`);
    // unaccent() depends on a file that could change, so PostgreSQL calls it STABLE and keeps it out of indexes; ours does not change.
    await runner.query(`
      CREATE FUNCTION fold(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      RETURN public.unaccent('public.unaccent', words)`);

    // What search reads, apart from the post: publishing it does not index it again.
    await runner.query(`
      CREATE TABLE post_search (
        post_id uuid CONSTRAINT post_search_pkey PRIMARY KEY CONSTRAINT post_search_post REFERENCES posts ON DELETE CASCADE,
        title text NOT NULL,
        excerpt text NOT NULL,
        tags text NOT NULL,
        body text NOT NULL,
        document tsvector NOT NULL GENERATED ALWAYS AS (
          setweight(to_tsvector('public.post_text', title), 'A') ||
          setweight(to_tsvector('public.post_text', excerpt || ' ' || tags), 'B') ||
          setweight(to_tsvector('public.post_text', body), 'C')) STORED,
        names text NOT NULL GENERATED ALWAYS AS (public.fold(title || ' ' || tags)) STORED
      )`);
    await runner.query(`
      INSERT INTO post_search (post_id, title, excerpt, tags, body)
      SELECT id, translate(title, '<>', U&'\\0003\\0004'), translate(coalesce(excerpt, ''), '<>', U&'\\0003\\0004'),
        array_to_string(tags, ' '), translate(body, '<>', U&'\\0003\\0004') FROM posts`);
    // Posts are read far more often than edited: no list of pending entries, which each search would have to read.
    await runner.query('CREATE INDEX post_search_document ON post_search USING gin (document) WITH (fastupdate = off)');
    await runner.query(
      'CREATE INDEX post_search_names ON post_search USING gin (names gin_trgm_ops) WITH (fastupdate = off)',
    );

    // The threshold lets one wrong letter pass in a word of six; the default, 0.6, in one of eight.
    await runner.query(`
      CREATE FUNCTION posts_named_like(words text) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 20
      SET pg_trgm.word_similarity_threshold = 0.5
      BEGIN ATOMIC SELECT post_id FROM post_search WHERE names %> fold(words); END`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION posts_named_like(text)');
    await runner.query('DROP TABLE post_search');
    await runner.query('DROP FUNCTION fold(text)');
    await runner.query('DROP TEXT SEARCH CONFIGURATION post_text');
    await runner.query('DROP EXTENSION pg_trgm; DROP EXTENSION unaccent');
  }
}
