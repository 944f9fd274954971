import { Dependency, type DependencyProvider } from '@cairn/service/health';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** The service's database: opened at start, asked by readiness. */
@Dependency({ name: 'postgres', required: true })
@Injectable()
export class PostgresDependency implements DependencyProvider {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws Error in one sentence when the database cannot be reached or its schema is behind the code */
  async open(): Promise<void> {
    await this.dataSource.initialize().catch((error: Error) => {
      throw new Error(`The database cannot be reached: ${error.message || (error as { code?: string }).code}`);
    });
    const missing = await this.missingMigrations();
    if (missing.length > 0)
      throw new Error(`The schema of the database lacks ${missing.join(', ')}: run \`migrate\` first`);
  }

  async check(): Promise<void> {
    await this.dataSource.query('SELECT 1');
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /** A schema ahead of the code is fine: that is what rolling back looks like. */
  private async missingMigrations(): Promise<string[]> {
    const [{ exists }] = await this.dataSource.query(`SELECT to_regclass('migrations') IS NOT NULL AS exists`);
    const applied: { name: string }[] = exists ? await this.dataSource.query('SELECT name FROM migrations') : [];
    const names = new Set(applied.map(({ name }) => name));
    return this.dataSource.migrations
      .map((migration) => migration.name ?? migration.constructor.name)
      .filter((name) => !names.has(name));
  }
}
