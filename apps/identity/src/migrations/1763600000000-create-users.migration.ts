import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUsers1763600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    // A deleted user is a row without anything personal: null never collides, so that email and username are free again.
    await runner.query(`
      CREATE TABLE users (
        id uuid CONSTRAINT users_pkey PRIMARY KEY,
        email text CONSTRAINT users_email UNIQUE,
        username text CONSTRAINT users_username UNIQUE CONSTRAINT users_username_form CHECK (username ~ '^[a-z0-9_]{3,32}$'),
        password_hash text,
        display_name text,
        bio text,
        avatar_url text,
        roles text[] NOT NULL
          CONSTRAINT users_roles CHECK (roles <@ ARRAY['reader', 'author', 'moderator', 'admin'] AND array_position(roles, NULL) IS NULL),
        state text NOT NULL CONSTRAINT users_state CHECK (state IN ('active', 'suspended', 'deleted')),
        suspended_reason text,
        token_version integer NOT NULL,
        version integer NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT users_suspension CHECK ((state = 'suspended') = (suspended_reason IS NOT NULL)),
        CONSTRAINT users_erasure CHECK (
          CASE WHEN state = 'deleted'
            THEN num_nonnulls(email, username, password_hash, display_name, bio, avatar_url) = 0 AND roles = '{}'
            ELSE num_nonnulls(email, username, password_hash) = 3
          END)
      )`);
    // The admins' list: by id (UUIDv7: newest first), filtered by state, by role, by what is in a name or an address.
    await runner.query('CREATE INDEX users_by_state ON users (state, id)');
    await runner.query('CREATE INDEX users_by_role ON users USING gin (roles)');
    await runner.query(`
      CREATE INDEX users_search ON users USING gin (
        lower(coalesce(username, '') || ' ' || coalesce(email, '') || ' ' || coalesce(display_name, '')) gin_trgm_ops
      ) WHERE state <> 'deleted'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE users');
  }
}
