import { randomUUID } from 'node:crypto';
import type { Batch, Consumer, Kafka } from 'kafkajs';
import type { Delivery, ListenOptions } from '../broker/broker.ts';
import { withAdmin } from './client.ts';
import { deliveryOf } from './delivery.ts';
import { Member } from './member.ts';

/**
 * Hears all partitions by a group of its own, which acknowledges nothing: where it stands is in memory, so that it also misses nothing
 * when it has to connect anew.
 */
export class KafkaListening {
  private readonly kafka: Kafka;
  private readonly topics: readonly string[];
  private readonly hear: (delivery: Delivery) => void;
  private readonly isFromOldest: boolean;
  private readonly group: string;
  private readonly member: Member;
  /** By topic and partition: the first that has not been heard. */
  private readonly next = new Map<string, Map<number, string>>();

  constructor(
    kafka: Kafka,
    topics: readonly string[],
    hear: (delivery: Delivery) => void,
    sessionMs: number,
    { isFromOldest = false }: ListenOptions,
  ) {
    this.kafka = kafka;
    this.topics = topics;
    this.hear = hear;
    this.isFromOldest = isFromOldest;
    this.group = `listening-${randomUUID()}`;
    this.member = new Member({
      kafka,
      group: this.group,
      topics,
      sessionMs,
      onJoin: (consumer) => this.goOn(consumer),
      onBatch: (batch) => this.tell(batch),
    });
  }

  /** From now on: fixed here, since kafkajs would find out what "now" is when it first fetches. @throws Error when the broker is away */
  async start(): Promise<void> {
    await withAdmin(this.kafka, async (admin) => {
      for (const topic of this.topics) {
        const ends = await admin.fetchTopicOffsets(topic);
        this.next.set(
          topic,
          new Map(ends.map(({ partition, low, high }) => [partition, this.isFromOldest ? low : high])),
        );
      }
    });
    await this.member.join();
  }

  async stop(): Promise<void> {
    await this.member.leave();
    await withAdmin(this.kafka, (admin) => admin.deleteGroups([this.group])).catch(() => undefined); // Kafka does it later
  }

  private goOn(consumer: Consumer): void {
    for (const [topic, partitions] of this.next)
      for (const [partition, offset] of partitions) consumer.seek({ topic, partition, offset });
  }

  private tell({ topic, partition, messages }: Batch): void {
    for (const message of messages) {
      this.next.get(topic)?.set(partition, String(BigInt(message.offset) + 1n));
      this.hear(deliveryOf(topic, partition, message));
    }
  }
}
