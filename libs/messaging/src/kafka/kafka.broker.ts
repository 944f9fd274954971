import type { Kafka } from 'kafkajs';
import type {
  Broker,
  BrokerRecord,
  ConsumeOptions,
  Consumption,
  Delivery,
  Handle,
  ListenOptions,
} from '../broker/broker.ts';
import { kafkaClient, withAdmin, type KafkaClientOptions } from './client.ts';
import { KafkaConsumption } from './consumption.ts';
import { KafkaListening } from './listening.ts';
import { Sender } from './sender.ts';
import { Topics } from './topics.ts';

/** In milliseconds. The least that a Kafka takes unless told otherwise. */
const SESSION_MS = 6_000;

export interface KafkaBrokerOptions extends KafkaClientOptions {
  /** In milliseconds: how long a consumer that is not heard of keeps its partitions; 6,000 unless told otherwise. */
  readonly sessionMs?: number;
  /** In milliseconds: how long Kafka keeps what is in topics that we make; for ever unless told otherwise. */
  readonly retentionMs?: number;
}

/** Kafka, by kafkajs. Connects when it is first used; each consumer has connections of its own. */
export class KafkaBroker implements Broker {
  private readonly kafka: Kafka;
  private readonly topics: Topics;
  private readonly sender: Sender;
  private readonly sessionMs: number;
  private readonly running = new Set<{ stop(): Promise<void> }>();

  constructor({ sessionMs = SESSION_MS, retentionMs, ...options }: KafkaBrokerOptions) {
    this.kafka = kafkaClient(options);
    this.topics = new Topics(this.kafka, retentionMs);
    this.sender = new Sender(this.kafka, this.topics);
    this.sessionMs = sessionMs;
  }

  publish(records: readonly BrokerRecord[]): Promise<void> {
    return this.sender.publish(records);
  }

  async consume(options: ConsumeOptions, handle: Handle): Promise<Consumption> {
    await this.topics.ensure(options.topics);
    return this.run(new KafkaConsumption(this.kafka, options, handle, this.sessionMs));
  }

  async listen(
    topics: readonly string[],
    hear: (delivery: Delivery) => void,
    options: ListenOptions = {},
  ): Promise<{ stop(): Promise<void> }> {
    await this.topics.ensure(topics);
    const listening = await this.run(new KafkaListening(this.kafka, topics, hear, this.sessionMs, options));
    return { stop: () => listening.stop() };
  }

  async check(): Promise<void> {
    await withAdmin(this.kafka, (admin) => admin.describeCluster());
  }

  async close(): Promise<void> {
    await Promise.all([...this.running].map((each) => each.stop()));
    await this.sender.close();
  }

  private async run<Running extends { start(): Promise<void>; stop(): Promise<void> }>(
    running: Running,
  ): Promise<Running> {
    await running.start();
    this.running.add(running);
    return running;
  }
}
