import { createServiceDatabase } from '../../libs/backing/src/service-database.ts';

/*
 * `create-databases.ts identity blog`: a database and two roles for each, on the server of POSTGRES_URL. Idempotent, so that it runs at
 * every start and a service that is new finds its database. Passwords: `IDENTITY_DATABASE_PASSWORD` of the role that runs,
 * `IDENTITY_OWNER_PASSWORD` of the one that migrates. What is wrong is one sentence on stderr and exit code 1.
 */

try {
  const server = variable('POSTGRES_URL');
  for (const name of process.argv.slice(2)) {
    const prefix = name.toUpperCase().replaceAll('-', '_');
    const runtime = variable(`${prefix}_DATABASE_PASSWORD`);
    await createServiceDatabase(server, name, { runtime, owner: variable(`${prefix}_OWNER_PASSWORD`) });
    console.log(`${name} has its database`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @throws Error when it is not set: a role without a password would let everybody in */
function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is missing.`);
  return value;
}
