import {
  PARTITIONS,
  type Broker,
  type BrokerRecord,
  type ConsumeOptions,
  type Consumption,
  type Delivery,
  type Handle,
  type ListenOptions,
} from '../broker/broker.ts';
import { partitionsKey, streamOf } from './keys.ts';
import { endOf, Listening } from './listening.client.ts';
import { Publisher } from './publisher.client.ts';
import { connected, openRedis, type ScriptedRedis } from './redis.client.ts';
import { RedisConsumption } from './redis-consumption.client.ts';

/** Five minutes, in milliseconds. */
const KEEP_MS = 300_000;

export interface RedisBrokerOptions {
  readonly url: string;
  /** For how many milliseconds a record is kept at least, though every group has acknowledged it. */
  readonly keepMs?: number;
  /** Of a topic that nobody has used before. */
  readonly partitions?: number;
}

/** Redis Streams: one stream per partition, each read by one consumer of a group under a lease with a fence. */
export class RedisBroker implements Broker {
  private readonly redis: ScriptedRedis;
  private readonly keepMs: number;
  private readonly newPartitions: number;
  private readonly publishers = new Map<string, Promise<Publisher>>();
  private readonly inUse = new Set<{ stop(): Promise<void>; abandon(): void }>();

  constructor({ url, keepMs = KEEP_MS, partitions = PARTITIONS }: RedisBrokerOptions) {
    this.redis = openRedis(url);
    this.keepMs = keepMs;
    this.newPartitions = partitions;
    this.redis.on('close', () => this.publishers.clear()); // it may be another Redis that comes back
  }

  async publish(records: readonly BrokerRecord[]): Promise<void> {
    const byTopic = Map.groupBy(records, ({ topic }) => topic);
    await Promise.all([...byTopic].map(async ([topic, each]) => (await this.publisher(topic)).publish(each)));
  }

  async consume(options: ConsumeOptions, handle: Handle): Promise<Consumption> {
    const partitions = await this.partitionsOf(options.topics);
    const consumption = new RedisConsumption(this.redis, partitions, options, handle, this.keepMs);
    await consumption.start();
    this.inUse.add(consumption);
    return consumption;
  }

  async listen(
    topics: readonly string[],
    hear: (delivery: Delivery) => void,
    { isFromOldest = false }: ListenOptions = {},
  ): Promise<{ stop(): Promise<void> }> {
    const places = [...(await this.partitionsOf(topics))].flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition) => ({ topic, partition })),
    );
    const ends = places.map(async ({ topic, partition }) => {
      const stream = streamOf(topic, partition);
      return [stream, { topic, partition, last: isFromOldest ? '0-0' : await endOf(this.redis, stream) }] as const;
    });
    const listening = new Listening(this.redis, new Map(await Promise.all(ends)), hear);
    this.inUse.add(listening);
    return { stop: () => listening.stop() };
  }

  /** Asks for what publishing needs: a Redis that answers PING may still refuse to write. */
  async check(): Promise<void> {
    await connected(this.redis);
    await this.redis.set('events:check', '', 'PX', 1_000);
  }

  async close(): Promise<void> {
    await Promise.all([...this.inUse].map((each) => each.stop()));
    this.redis.disconnect();
  }

  /** For who cannot wait for what is under way: as a crash, it leaves leases that lapse and records that come again. */
  hangUp(): void {
    this.inUse.forEach((each) => each.abandon());
    this.redis.disconnect();
  }

  private publisher(topic: string): Promise<Publisher> {
    const known = this.publishers.get(topic);
    if (known) return known;
    const publisher = this.partitionsIn(topic).then((count) => new Publisher(this.redis, topic, count, this.keepMs));
    publisher.catch(() => this.publishers.delete(topic));
    this.publishers.set(topic, publisher);
    return publisher;
  }

  private async partitionsOf(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map(await Promise.all(topics.map(async (topic) => [topic, await this.partitionsIn(topic)] as const)));
  }

  /** What the first who needed it has said: two opinions would put one key into two partitions. */
  private async partitionsIn(topic: string): Promise<number> {
    await connected(this.redis);
    await this.redis.set(partitionsKey(topic), this.newPartitions, 'NX');
    return Number(await this.redis.get(partitionsKey(topic)));
  }
}
