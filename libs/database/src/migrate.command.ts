import { Command } from '@cairn/service/command';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { DATABASE_CONFIG, type DatabaseConfig } from './database.options.ts';

/** `migrate`: brings the schema up to date, as the role that owns it. Several at once wait for each other. */
@Command('migrate')
@Injectable()
export class MigrateCommand {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(DATABASE_CONFIG) private readonly config: DatabaseConfig,
  ) {}

  async run(): Promise<void> {
    const { DATABASE_URL, DATABASE_OWNER_URL = DATABASE_URL } = this.config;
    const options = { ...this.dataSource.options, url: DATABASE_OWNER_URL } as DataSourceOptions;
    await migrate(options, new URL(DATABASE_URL).username);
  }
}

/**
 * The role that runs the service may read which migrations there were, and no more.
 * @throws whatever a migration throws; those before it stay applied, it and those after it do not
 */
export async function migrate(options: DataSourceOptions, runningRole: string): Promise<void> {
  // One connection for the lock and one for the work; an index may take longer to build than a request may last.
  const patient = { poolSize: 2, extra: { lock_timeout: 10_000, keepAlive: true } };
  const dataSource = await new DataSource({ ...options, ...patient } as DataSourceOptions).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query(`SET lock_timeout = 0`); // another instance migrates: wait for it
    await lock.query(`SELECT pg_advisory_lock(hashtext('migrate'))`);
    await dataSource.runMigrations({ transaction: 'each' });
    const [{ owner }] = await lock.query('SELECT current_user AS owner');
    if (owner !== runningRole) await lock.query(`REVOKE INSERT, UPDATE, DELETE ON migrations FROM "${runningRole}"`);
  } finally {
    await lock.release(); // ends the session with its lock: the connection goes with the data source
    await dataSource.destroy();
  }
}
