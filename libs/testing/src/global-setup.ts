import { startTestServers, type TestServers } from './servers.ts';

/** One PostgreSQL and one Redis per Jest run, or those that `npm test` has started for all runs. */
export default async function setup() {
  const servers = await startTestServers();
  Object.assign(process.env, servers.environment);
  (globalThis as { testServers?: TestServers }).testServers = servers;
}
