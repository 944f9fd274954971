import { askFor } from './kafka-on-demand.ts';

/**
 * Where the Kafka of this Jest run is, which the first who asks starts, or that of TEST_KAFKA_BROKERS. Others are on it too: topics and
 * groups need names of their own. A start takes seconds: ask in `beforeAll`, with time enough.
 */
export async function createTestKafka(): Promise<{ readonly brokers: readonly string[] }> {
  const { TEST_KAFKA_BROKERS, TEST_KAFKA_PORT } = process.env;
  return { brokers: (TEST_KAFKA_BROKERS ?? (await askFor(TEST_KAFKA_PORT!))).split(',') };
}
