import { environment } from '@cairn/service/environment';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { keepAppendOnly } from './append-only.ts';
import { DatabaseConfigSchema, type DatabaseConfig, type Schema } from './database.options.ts';
import { assertServerIsNewEnough } from './server-version.ts';

/**
 * The process `node dist/migrate.js` of a service: brings its schema up to date and ends. It loads nothing of the service but its
 * schema, so that at a start where nothing is to be done it is over at once. What went wrong is a sentence on stderr and exit code 1.
 */
export async function runMigrate(schema: Schema): Promise<void> {
  try {
    await migrateSchema(environment(DatabaseConfigSchema), schema);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

export type MigrationUrls = Pick<DatabaseConfig, 'DATABASE_URL' | 'DATABASE_OWNER_URL'>;

/** As the role that owns the schema. Several at once wait for each other. */
export async function migrateSchema(config: MigrationUrls, { migrations, appendOnly }: Schema): Promise<void> {
  const { DATABASE_URL, DATABASE_OWNER_URL = DATABASE_URL } = config;
  const runningRole = decodeURIComponent(new URL(DATABASE_URL).username);
  await migrate({ type: 'postgres', url: DATABASE_OWNER_URL, migrations }, runningRole, appendOnly);
}

/** Whoever asks for a table while an ALTER waits for it queues behind the ALTER, for 1 s: it gives up before that, and comes again. */
const LOCK_TIMEOUT_MS = 500;
const ATTEMPTS = 20;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * The role that runs the service may read which migrations there were, and no more.
 * @throws whatever a migration throws; those before it stay applied, it and those after it do not
 * @throws Error when that role may change or remove rows of a table that is only added to, or the server is older than PostgreSQL 18
 */
export async function migrate(
  options: DataSourceOptions,
  runningRole: string,
  appendOnly: readonly string[] = [],
): Promise<void> {
  // One connection for the lock and one for the work; an index may take longer to build than a request may last.
  const patient = { poolSize: 2, extra: { lock_timeout: LOCK_TIMEOUT_MS, keepAlive: true } };
  const dataSource = await new DataSource({ ...options, ...patient } as DataSourceOptions).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await assertServerIsNewEnough(dataSource);
    await alone(lock);
    await runPending(dataSource);
    const [{ owner, role }] = await lock.query('SELECT current_user AS owner, quote_ident($1) AS role', [runningRole]);
    if (owner !== runningRole) await lock.query(`REVOKE INSERT, UPDATE, DELETE ON migrations FROM ${role}`);
    for (const table of appendOnly) await keepAppendOnly(lock, table, runningRole);
  } finally {
    await lock.release(); // ends the session with its lock: the connection goes with the data source
    await dataSource.destroy();
  }
}

/** Asks again and again: CREATE INDEX CONCURRENTLY would wait for a session that waits inside of a statement, and that one for us. */
async function alone(runner: QueryRunner): Promise<void> {
  const taken = async () =>
    (await runner.query(`SELECT pg_try_advisory_lock(hashtext('migrate')) AS taken`))[0].taken as boolean;
  while (!(await taken())) await delay(200);
}

/** What has been applied stays, so that each attempt goes on where the last one met a lock. */
async function runPending(dataSource: DataSource): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await dataSource.runMigrations({ transaction: 'each' });
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE || attempt === ATTEMPTS) throw error;
      await delay(Math.min(attempt * 100, 1_000)); // whoever queued meanwhile gets through
    }
  }
}
