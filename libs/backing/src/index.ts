// Servers
export { startKafka } from './kafka.ts';
export { startPostgres } from './postgres.ts';
export { removePostgresData } from './postgres-home.ts';
export { startRedis } from './redis.ts';
export { freePort, ownGroup, type RunningServer, type ServerOptions } from './server.ts';

// Databases in them
export {
  appliedMigrations,
  createServiceDatabase,
  dropServiceDatabase,
  type RolePasswords,
  type ServiceDatabase,
} from './service-database.ts';

// Processes and what goes wrong with them
export { Guardian } from './guardian.ts';
export { hasEnded, killGroup, stopChild } from './server.ts';
export { asProblem, PortInUse, Problem } from './problem.ts';
