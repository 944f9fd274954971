import {
  Guardian,
  freePort,
  removePostgresData,
  startKafka,
  startPostgres,
  startRedis,
  stopChild,
} from '@cairn/backing';
import { serveOnDemand } from './kafka-on-demand.ts';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Enough for a Redis database per test file, for a long while. */
export const REDIS_DATABASES = 4096;

export interface TestServers {
  readonly environment: {
    readonly TEST_POSTGRES_URL: string;
    readonly TEST_REDIS_URL: string;
    /** Where to ask for a Kafka, which then starts: see createTestKafka. */
    readonly TEST_KAFKA_PORT: string;
  };
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL that never waits for a disk and a Redis that keeps nothing. They end with this process, also when it is killed.
 * A server whose URL is in the environment is used as it is.
 */
export async function startTestServers(
  { TEST_POSTGRES_URL, TEST_REDIS_URL, TEST_KAFKA_PORT } = process.env,
): Promise<TestServers> {
  const folder = path.join(tmpdir(), `cairn-test-${process.pid}`);
  const guardian = new Guardian();
  guardian.removeAfterwards(path.join(folder, 'postgres'));
  guardian.removeAfterwards(folder);
  const stops: (() => Promise<void>)[] = [];
  const start = async (name: string, starter: typeof startPostgres | typeof startRedis | typeof startKafka) => {
    const {
      process: child,
      stopSignal,
      url,
    } = await starter({
      folder: path.join(folder, name),
      port: await freePort(),
      durable: false,
      databases: REDIS_DATABASES,
      onSpawn: (spawned, signal) => guardian.watch(spawned, signal),
    });
    stops.push(() => stopChild(child, stopSignal, 5_000));
    return url;
  };
  const [postgresUrl, redisUrl] = await Promise.all([
    TEST_POSTGRES_URL ?? start('postgres', startPostgres),
    TEST_REDIS_URL ?? start('redis', startRedis),
  ]);
  const kafka = TEST_KAFKA_PORT ? undefined : await serveOnDemand(() => start('kafka', startKafka));
  return {
    environment: {
      TEST_POSTGRES_URL: postgresUrl,
      TEST_REDIS_URL: redisUrl,
      TEST_KAFKA_PORT: TEST_KAFKA_PORT ?? kafka!.port,
    },
    async stop() {
      await kafka?.stop();
      await Promise.all(stops.map((stop) => stop()));
      guardian.dismiss();
      removePostgresData(path.join(folder, 'postgres'));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
