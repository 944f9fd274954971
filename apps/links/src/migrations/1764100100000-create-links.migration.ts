import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLinks1764100100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Codes are made of this, encrypted: unique without a retry, and no code tells the next.
    await runner.query('CREATE SEQUENCE code_numbers MINVALUE 0 MAXVALUE 678223072848');
    await runner.query(`
      CREATE TABLE links (
        id uuid CONSTRAINT links_pkey PRIMARY KEY,
        code text COLLATE "C" NOT NULL,
        owner_id uuid,
        url text NOT NULL,
        title text NOT NULL DEFAULT '',
        tags text[] NOT NULL DEFAULT '{}',
        status integer NOT NULL DEFAULT 302,
        passes_path boolean NOT NULL DEFAULT false,
        passes_query boolean NOT NULL DEFAULT false,
        utm jsonb,
        rules jsonb NOT NULL DEFAULT '[]',
        targets jsonb NOT NULL DEFAULT '[]',
        password_hash text,
        starts_at timestamptz,
        expires_at timestamptz,
        max_visits integer,
        claimed_visits integer NOT NULL DEFAULT 0,
        -- Of every address that it leads to, with the domains that they are in.
        hosts text[] NOT NULL,
        disabled_reason text,
        disabled_at timestamptz,
        deleted_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1
      )`);
    // A deleted link keeps its code until its quarantine is over, so this index is of all.
    await runner.query('CREATE UNIQUE INDEX links_code ON links (code)');
    await runner.query('CREATE INDEX links_owner ON links (owner_id, id DESC) WHERE deleted_at IS NULL');
    await runner.query('CREATE INDEX links_host ON links USING gin (hosts)');
    // For the job that frees the codes of deleted links.
    await runner.query('CREATE INDEX links_deleted ON links (deleted_at) WHERE deleted_at IS NOT NULL');
    await runner.query(
      'CREATE INDEX links_nobodys ON links (expires_at) WHERE owner_id IS NULL AND deleted_at IS NULL',
    );
    await runner.query('CREATE INDEX links_disabled ON links (id DESC) WHERE disabled_at IS NOT NULL');
    // For lists: what an owner searches for, by any three characters of it.
    await runner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    await runner.query(
      `CREATE INDEX links_search ON links USING gin ((lower(title || ' ' || url || ' ' || code)) gin_trgm_ops)`,
    );
    await runner.query('CREATE INDEX links_tag ON links USING gin (tags)');
    // What creates the same link twice on request finds it by this.
    await runner.query(`
      CREATE TABLE known_targets (
        owner_id uuid NOT NULL,
        url_digest bytea NOT NULL,
        link_id uuid NOT NULL CONSTRAINT known_targets_link REFERENCES links ON DELETE CASCADE,
        CONSTRAINT known_targets_pkey PRIMARY KEY (owner_id, url_digest)
      )`);
    await runner.query(`
      CREATE TABLE disabled_hosts (
        host text CONSTRAINT disabled_hosts_pkey PRIMARY KEY,
        reason text NOT NULL,
        disabled_by uuid NOT NULL,
        disabled_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE link_reports (
        id uuid CONSTRAINT link_reports_pkey PRIMARY KEY,
        link_id uuid NOT NULL CONSTRAINT link_reports_link REFERENCES links ON DELETE CASCADE,
        reporter_id uuid,
        reason text NOT NULL,
        urls text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        -- Strangers cannot be told apart: they are limited, not known again.
        CONSTRAINT link_reports_once UNIQUE (link_id, reporter_id)
      )`);
    await runner.query('CREATE INDEX link_reports_by_reporter ON link_reports (reporter_id)');
    // Apart from the link: a visit must not change its version, nor wait for an edit.
    await runner.query(`
      CREATE TABLE link_counters (
        link_id uuid CONSTRAINT link_counters_pkey PRIMARY KEY,
        visits bigint NOT NULL DEFAULT 0,
        previews bigint NOT NULL DEFAULT 0,
        bots bigint NOT NULL DEFAULT 0,
        last_visit_at timestamptz
      )`);
    // How often somebody did something within the hour or so: see limits.service.ts. Lost with a crash, which costs nobody anything.
    await runner.query(`
      CREATE UNLOGGED TABLE limit_counts (
        key bytea CONSTRAINT limit_counts_pkey PRIMARY KEY,
        count integer NOT NULL,
        ends_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX limit_counts_ended ON limit_counts (ends_at)');
    await runner.query(`
      CREATE TABLE erasures (
        user_id uuid CONSTRAINT erasures_pkey PRIMARY KEY,
        due_at timestamptz NOT NULL DEFAULT now(),
        passes integer NOT NULL DEFAULT 0
      )`);
    await runner.query('CREATE INDEX erasures_due ON erasures (due_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE erasures, limit_counts, link_counters, link_reports, disabled_hosts, known_targets, links',
    );
    await runner.query('DROP SEQUENCE code_numbers; DROP EXTENSION pg_trgm');
  }
}
