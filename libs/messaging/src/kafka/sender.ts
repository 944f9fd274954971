import { Partitioners, type Kafka, type Producer } from 'kafkajs';
import type { BrokerRecord } from '../broker/broker.ts';
import { within } from './client.ts';
import type { Topics } from './topics.ts';

/** In bytes. A broker takes 1 MB at a time unless told otherwise. */
const LOT_BYTES = 500_000;
/** In milliseconds, for one lot. */
const SEND_MS = 10_000;

interface Waiting {
  readonly records: readonly BrokerRecord[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends one lot after the other, so that order holds by key; what is published meanwhile goes with the next. A producer that has failed
 * is not trusted again: the next lot gets a new one.
 */
export class Sender {
  private readonly kafka: Kafka;
  private readonly topics: Topics;
  private producer: Promise<Producer> | undefined;
  private waiting: Waiting[] = [];
  private sending: Promise<void> | undefined;

  constructor(kafka: Kafka, topics: Topics) {
    this.kafka = kafka;
    this.topics = topics;
  }

  publish(records: readonly BrokerRecord[]): Promise<void> {
    if (!records.length) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.waiting.push({ records, resolve, reject });
      this.sending ??= this.sendAll();
    });
  }

  async close(): Promise<void> {
    await this.sending;
    await this.giveUp();
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.length) {
      const all = this.waiting;
      this.waiting = [];
      try {
        await this.send(all.flatMap(({ records }) => records));
        for (const { resolve } of all) resolve();
      } catch (error) {
        void this.giveUp();
        for (const { reject } of all) reject(error);
      }
    }
    this.sending = undefined; // here, so that nobody who is called by the last `resolve` adds to a list that is done with
  }

  private async send(records: readonly BrokerRecord[]): Promise<void> {
    await this.topics.ensure(records.map(({ topic }) => topic));
    for (const lot of lots(records)) await within(SEND_MS, this.sendLot(lot));
  }

  private async sendLot(records: readonly BrokerRecord[]): Promise<void> {
    const producer = await (this.producer ??= this.connect());
    const topicMessages = [...Map.groupBy(records, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topic,
      messages: ofTopic.map(({ key, value, headers }) => ({ key, value, headers })),
    }));
    await producer.sendBatch({ acks: -1, topicMessages });
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true, // a retry neither doubles nor overtakes
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner, // murmur2, as Kafka's own clients
    });
    await producer.connect();
    return producer;
  }

  private async giveUp(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    this.topics.forget();
    await producer?.then((each) => each.disconnect()).catch(() => undefined);
  }
}

/** In order, each no bigger than a broker takes; a record that is bigger by itself goes alone and is refused. */
export function lots(records: readonly BrokerRecord[], most = LOT_BYTES): BrokerRecord[][] {
  const all: BrokerRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = Buffer.byteLength(record.key) + Buffer.byteLength(record.value) + 500;
    if (bytes + size > most) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)!.push(record);
    bytes += size;
  }
  return all;
}
