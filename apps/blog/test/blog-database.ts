import { createTestDatabase } from '@cairn/testing';
import { DataSource } from 'typeorm';
import { database as schema } from '../src/database.ts';

/** A migrated database of blog, for tests that need no running service. */
export async function openBlogDatabase() {
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
    /** The lines of the plan that PostgreSQL makes for these values. */
    async plan(text: string, values: unknown[]): Promise<string> {
      const lines: Record<string, string>[] = await dataSource.query(`EXPLAIN ${text}`, values);
      return lines.map((line) => line['QUERY PLAN']).join('\n');
    },
    async close() {
      await dataSource.destroy();
      await database.drop();
    },
  };
}
export type BlogDatabase = Awaited<ReturnType<typeof openBlogDatabase>>;
