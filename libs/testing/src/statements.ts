import { requestContext } from '@cairn/observability';
import pg from 'pg';

/**
 * The texts of the statements that the requests of this process have PostgreSQL run while `work` is under way: what jobs run in the
 * meantime does not count, nor does what the test itself asks the database.
 */
export async function statementsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const client = pg.Client.prototype as { query: (...args: unknown[]) => unknown };
  const { query } = client;
  client.query = function (...args) {
    const [statement] = args as [string | { text: string }];
    if (requestContext.getStore()) statements.push(typeof statement === 'string' ? statement : statement.text);
    return query.apply(this, args);
  };
  try {
    await work();
  } finally {
    client.query = query;
  }
  return statements;
}
