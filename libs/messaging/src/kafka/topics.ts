import type { Kafka } from 'kafkajs';
import { PARTITIONS } from '../broker/broker.ts';
import { untilSettled, withAdmin } from './client.ts';

/** In milliseconds. */
const MAKE_MS = 15_000;
/** Nothing is deleted that somebody may not have read. In production a time may be set, beyond what a group can be behind. */
const FOR_EVER = -1;

/** Makes topics before they are used: a broker that made them by itself would choose the number of partitions. */
export class Topics {
  private readonly known = new Set<string>();
  private readonly kafka: Pick<Kafka, 'admin'>;
  private readonly configEntries: { name: string; value: string }[];

  /** @param retentionMs in milliseconds; a topic that is there keeps what it has */
  constructor(kafka: Pick<Kafka, 'admin'>, retentionMs = FOR_EVER) {
    this.kafka = kafka;
    this.configEntries = [{ name: 'retention.ms', value: String(retentionMs) }];
  }

  /** As often as one likes, and by several processes at once. @throws Error when the broker is away */
  async ensure(topics: Iterable<string>): Promise<void> {
    const missing = [...new Set(topics)].filter((topic) => !this.known.has(topic));
    if (!missing.length) return;
    const { configEntries } = this;
    const made = missing.map((topic) => ({ topic, numPartitions: PARTITIONS, configEntries }));
    await withAdmin(
      this.kafka,
      async (admin) => {
        await admin.createTopics({ topics: made, waitForLeaders: false });
        // The controller says so first; brokers follow, in seconds when they have much to make.
        await untilSettled(() => admin.fetchTopicMetadata({ topics: missing }), MAKE_MS);
      },
      MAKE_MS,
    );
    for (const topic of missing) this.known.add(topic);
  }

  /** Something went wrong: perhaps they are no longer there. */
  forget(): void {
    this.known.clear();
  }
}
