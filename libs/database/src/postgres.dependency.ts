import { gauge } from '@cairn/observability';
import { Dependency, type DependencyProvider, type DependencyState } from '@cairn/service/health';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Connection } from './connection.ts';
import { DATABASE_NEED, type DatabaseNeed } from './database.options.ts';
import { assertServerIsNewEnough } from './server-version.ts';

const CHECK_TIMEOUT_MS = 1_500;

/**
 * The service's database: opened at start, asked by readiness. On a connection of its own: a pool that is in full use says nothing of
 * the database, and an instance that is taken away for it leaves its work to others, which are as busy.
 */
@Dependency({ name: 'postgres', required: true })
@Injectable()
export class PostgresDependency implements DependencyProvider {
  private own: Connection | undefined;
  private asking: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(DATABASE_NEED) private readonly need: DatabaseNeed,
  ) {}

  get required(): boolean {
    return this.need.isVital !== false || !this.dataSource.isInitialized;
  }

  /** @throws Error in one sentence when the database cannot be reached, is older than PostgreSQL 18 or its schema is behind the code */
  async open(): Promise<void> {
    await this.dataSource.initialize().catch((error: Error) => {
      throw new Error(`The database cannot be reached: ${error.message || (error as { code?: string }).code}`);
    });
    await assertServerIsNewEnough(this.dataSource);
    const { master: pool } = this.dataSource.driver as unknown as { master: Pool };
    gauge('postgres_pool_connections', {
      help: 'Connections of the pool, idle ones among them, and how many wait for one',
      label: 'state',
      read: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    });
    const missing = await this.missingMigrations();
    if (missing.length > 0)
      throw new Error(
        `The schema of the database lacks ${missing.join(', ')}: run the service's \`dist/migrate.js\` first, which \`npm start\` does at every start`,
      );
  }

  async check(): Promise<DependencyState> {
    await (this.asking ??= this.ask().finally(() => (this.asking = undefined)));
    const { master: pool } = this.dataSource.driver as unknown as { master: Pool };
    return { status: pool.waitingCount > 0 ? 'degraded' : 'ok' };
  }

  async close(): Promise<void> {
    this.hangUp();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async ask(): Promise<void> {
    try {
      this.own ??= await this.connect();
      await this.own.query('SELECT 1');
    } catch (error) {
      this.hangUp();
      throw error;
    }
  }

  private async connect(): Promise<Connection> {
    const { url, applicationName } = this.dataSource.options as Extract<DataSourceOptions, { type: 'postgres' }>;
    const connection = new Connection({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: CHECK_TIMEOUT_MS,
      query_timeout: CHECK_TIMEOUT_MS,
      keepAlive: true,
    });
    connection.on('error', () => this.hangUp()); // while nobody asks: the next check connects anew
    await connection.connect();
    return connection;
  }

  private hangUp(): void {
    this.own?.end(() => undefined);
    this.own = undefined;
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
