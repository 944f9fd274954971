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
    await migrate({
      ...this.dataSource.options,
      url: this.config.DATABASE_OWNER_URL ?? this.config.DATABASE_URL,
    } as DataSourceOptions);
  }
}

/** @throws whatever a migration throws; those before it stay applied, it and those after it do not */
export async function migrate(options: DataSourceOptions): Promise<void> {
  const dataSource = await new DataSource(options).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query(`SELECT pg_advisory_lock(hashtext('migrate'))`);
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await lock.release(); // ends the session with its lock: the connection goes with the data source
    await dataSource.destroy();
  }
}
