import { DataSource, type DataSourceOptions } from 'typeorm';
import { createTestDatabase } from './database.ts';

/** A migrated database of a service, for tests that need no running service. */
export async function openDatabase(schema: Pick<DataSourceOptions, 'entities' | 'migrations'>) {
  const database = await createTestDatabase();
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.ownerUrl,
    ...schema,
    migrationsRun: true,
    migrationsTransactionMode: 'each',
    extra: { max: 50 },
  }).initialize();
  return {
    dataSource,
    /** The lines of the plan that PostgreSQL makes for these values; `isLarge`: as if the tables were too large to be read from end to end. */
    plan: (text: string, values: unknown[], { isLarge = false } = {}): Promise<string> =>
      dataSource.transaction(async (tx) => {
        if (isLarge) await tx.query('SET LOCAL enable_seqscan = off');
        const lines: Record<string, string>[] = await tx.query(`EXPLAIN ${text}`, values);
        return lines.map((line) => line['QUERY PLAN']).join('\n');
      }),
    async close() {
      await dataSource.destroy();
      await database.drop();
    },
  };
}
export type OpenDatabase = Awaited<ReturnType<typeof openDatabase>>;
