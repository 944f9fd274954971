import pg from 'pg';

/** Creates a role and a database per service, both named after it. Idempotent. */
export async function createDatabases(serverUrl: string, names: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: `${serverUrl}/postgres` });
  await client.connect();
  try {
    for (const name of names) {
      const has = async (sql: string) => (await client.query(sql, [name])).rowCount !== 0;
      if (!(await has('SELECT 1 FROM pg_roles WHERE rolname = $1')))
        await client.query(`CREATE ROLE "${name}" LOGIN PASSWORD '${name}'`);
      if (!(await has('SELECT 1 FROM pg_database WHERE datname = $1')))
        await client.query(`CREATE DATABASE "${name}" OWNER "${name}"`);
    }
  } finally {
    await client.end();
  }
}

export const databaseUrl = (serverUrl: string, name: string) => {
  const url = new URL(serverUrl);
  url.username = url.password = url.pathname = name;
  return url.href;
};
