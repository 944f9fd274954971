import pg from 'pg';
import { Problem } from './problem.ts';

export interface ServiceDatabase {
  /** As the role that runs: reads and writes rows, changes no schema. */
  readonly url: string;
  /** As the role that owns the database: migrates. */
  readonly ownerUrl: string;
}

/** The passwords of the two roles; none on a server that asks for none. */
export interface RolePasswords {
  readonly runtime: string;
  readonly owner: string;
}

/**
 * Creates the database of a service and its two roles: `<name>_owner`, which owns it and migrates, and `<name>`, which runs.
 * Idempotent; safe when two do it at once.
 * @throws Problem when the server cannot be reached or refuses
 */
export async function createServiceDatabase(
  serverUrl: string,
  name: string,
  passwords?: RolePasswords,
): Promise<ServiceDatabase> {
  const as = (role: string, password: string | undefined) => {
    const url = new URL(serverUrl);
    url.username = role;
    url.password = encodeURIComponent(password ?? '');
    url.pathname = name;
    return url.href;
  };
  const urls = { url: as(name, passwords?.runtime), ownerUrl: as(`${name}_owner`, passwords?.owner) };
  await connected(serverUrl, async (server) => {
    // Held until the connection ends, so that of two at once the second finds everything there.
    await server.query('SELECT pg_advisory_lock(hashtext($1))', [`create database ${name}`]);
    await createRolesAndDatabase(server, name, passwords);
    await connected(urls.ownerUrl, (database) => grant(database, name));
  });
  return urls;
}

export async function dropServiceDatabase(serverUrl: string, name: string): Promise<void> {
  await connected(serverUrl, async (server) => {
    await server.query(`DROP DATABASE IF EXISTS ${id(name)} WITH (FORCE)`);
    await server.query(`DROP ROLE IF EXISTS ${id(name)}, ${id(`${name}_owner`)}`);
  });
}

async function createRolesAndDatabase(server: pg.Client, name: string, passwords?: RolePasswords): Promise<void> {
  const owner = `${name}_owner`;
  const has = async (sql: string, value: string) => (await server.query(sql, [value])).rowCount !== 0;
  for (const [role, password] of [
    [name, passwords?.runtime],
    [owner, passwords?.owner],
  ] as const) {
    const verb = (await has('SELECT 1 FROM pg_roles WHERE rolname = $1', role)) ? 'ALTER' : 'CREATE';
    await server.query(`${verb} ROLE ${id(role)} LOGIN ${password ? `PASSWORD ${pg.escapeLiteral(password)}` : ''}`);
  }
  if (await has('SELECT 1 FROM pg_database WHERE datname = $1', name)) return;
  // Who is no superuser has to be a member of the role that is to own it.
  await server.query(`GRANT ${id(owner)} TO CURRENT_USER`);
  await server.query(`CREATE DATABASE ${id(name)} OWNER ${id(owner)}`);
}

/** Runs as the owner: what it creates later, the running role may use. `migrate` takes some of it back (append-only). */
async function grant(database: pg.Client, name: string): Promise<void> {
  const role = id(name);
  await database.query(`
    REVOKE ALL ON DATABASE ${role} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${role} TO ${role};
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO ${role};
    ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO ${role};
    ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${role};
    ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO ${role};
    ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO ${role};`);
}

const id = (name: string) => pg.escapeIdentifier(name);

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw refused(error as Error & { code?: string }, new URL(url));
  } finally {
    await client.end().catch(() => {});
  }
}

function refused(error: Error & { code?: string }, { username, host }: URL): Error {
  if (error instanceof Problem) return error;
  const who = `the user "${username}" at ${host}`;
  if (error.code === '42501')
    return new Problem(`PostgreSQL does not let ${who} create roles and databases: grant it CREATEROLE and CREATEDB.`);
  if (error.code?.startsWith('28'))
    return new Problem(`PostgreSQL refuses ${who}: mend the user and the password in DATABASE_URL.`);
  if (error.code === '53100') return new Problem('The disk of PostgreSQL is full: make room and start again.');
  if (!error.code || /^E[A-Z_]+$/.test(error.code))
    return new Problem(
      `No PostgreSQL answers at ${host}: start it or mend DATABASE_URL (${error.message || error.code}).`,
    );
  return error;
}

/** The names of the migrations that a database has had, in order; none of one that was never migrated. */
export async function appliedMigrations(url: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
    return rows.map(({ name }) => name);
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return []; // undefined_table
    throw error;
  } finally {
    await client.end();
  }
}
