import type { Batch, Consumer, Kafka } from 'kafkajs';
import type { ConsumeOptions, Consumption, Handle } from '../broker/broker.ts';
import { withAdmin } from './client.ts';
import { deliveryOf } from './delivery.ts';
import { Lane } from './lane.ts';
import { Member } from './member.ts';

/** Of the session, which goes on while the group waits: who takes longer over a call loses the partition, and its records come again. */
const FINISH_SHARE = 0.6;

/**
 * A share in the work of a group. Fetching and handling are apart: kafkajs fetches nothing more, for any partition, until all that it has
 * handed out is done with, so one that is slow or fails would hold up all. Here each partition has a lane, and fetching goes on, which
 * keeps the heartbeats going as well; a lane that is full is left out.
 */
export class KafkaConsumption implements Consumption {
  private readonly kafka: Kafka;
  private readonly options: ConsumeOptions;
  private readonly handle: Handle;
  private readonly member: Member;
  private readonly finishMs: number;
  private readonly lanes = new Map<string, Lane>();
  private readonly left = new Map<Lane, () => void>();
  private isPaused = false;
  private isStopping = false;
  private isChanging = false;

  constructor(kafka: Kafka, options: ConsumeOptions, handle: Handle, sessionMs: number) {
    this.kafka = kafka;
    this.options = options;
    this.handle = handle;
    this.finishMs = sessionMs * FINISH_SHARE;
    const { group, topics } = options;
    this.member = new Member({
      kafka,
      group,
      topics,
      sessionMs,
      beforeLeaving: () => this.finish(),
      onJoin: () => this.beginAnew(),
      onBatch: (batch, consumer) => this.take(batch, consumer),
    });
  }

  /** @throws Error when the broker is away */
  start(): Promise<void> {
    return this.member.join();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    for (const lane of this.lanes.values()) lane.go();
  }

  lag(): Promise<Record<string, number>> {
    const { group, topics } = this.options;
    return withAdmin(this.kafka, async (admin) => {
      const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
      const entries = committed.map(async ({ topic, partitions }) => {
        const done = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
        const ends = await admin.fetchTopicOffsets(topic);
        // −1: it has acknowledged nothing yet.
        const waiting = ends.map(({ partition, low, high }) => Number(high) - Math.max(done.get(partition) ?? -1, Number(low))); // prettier-ignore
        return [topic, waiting.reduce((sum, each) => sum + each, 0)] as const;
      });
      return Object.fromEntries(await Promise.all(entries));
    });
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.settled();
    await this.member.leave();
  }

  private take(batch: Batch, consumer: Consumer): void {
    const { topic, partition, messages } = batch;
    const lane = this.lane(topic, partition);
    lane.push(messages.map((message) => ({ offset: BigInt(message.offset), delivery: deliveryOf(topic, partition, message) }))); // prettier-ignore
    if (!lane.isFull) return;
    const where = [{ topic, partitions: [partition] }];
    consumer.pause(where);
    this.left.set(lane, () => {
      try {
        consumer.resume(where);
      } catch {
        // It has ended since, and says so by this. The next one leaves nothing out.
      }
    });
  }

  private lane(topic: string, partition: number): Lane {
    const name = `${topic}/${partition}`;
    const lane: Lane =
      this.lanes.get(name) ??
      new Lane({
        maxBatch: this.options.maxBatch,
        handle: this.handle,
        commit: async (offset) => this.member.consumer?.commitOffsets([{ topic, partition, offset: String(offset) }]),
        isOpen: () => !this.isPaused && !this.isStopping && !this.isChanging,
        onRoom: () => this.fetchAgain(lane),
      });
    this.lanes.set(name, lane);
    return lane;
  }

  private fetchAgain(lane: Lane): void {
    const resume = this.left.get(lane);
    this.left.delete(lane);
    resume?.();
  }

  /** The group forms anew and waits for us: what is under way is done and acknowledged first, so that nobody else begins it too. */
  private async finish(): Promise<void> {
    this.isChanging = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, this.finishMs)));
    await Promise.race([this.settled(), late]);
    clearTimeout(timer);
  }

  /** Everything is fetched again from what is acknowledged, also of the partitions that stay ours. */
  private beginAnew(): void {
    this.isChanging = false;
    for (const lane of this.lanes.values()) {
      lane.drop();
      this.fetchAgain(lane);
    }
  }

  private async settled(): Promise<void> {
    await Promise.all([...this.lanes.values()].map((lane) => lane.settled()));
  }
}
