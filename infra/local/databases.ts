import { createServiceDatabase, type ServiceDatabase } from '@cairn/backing';
import type { ServiceName } from './topology.ts';

/** A database and two roles per service. */
export async function createDatabases(
  serverUrl: string,
  names: readonly ServiceName[],
  secret: (name: string) => string,
): Promise<Map<string, ServiceDatabase>> {
  const databases = await Promise.all(
    names.map((name) =>
      createServiceDatabase(serverUrl, name, {
        runtime: secret(`database ${name}`),
        owner: secret(`database ${name}_owner`),
      }),
    ),
  );
  return new Map(names.map((name, index) => [name, databases[index]!]));
}
