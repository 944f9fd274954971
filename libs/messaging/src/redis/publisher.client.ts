import type { BrokerRecord } from '../broker/broker.ts';
import { partitionOf } from '../broker/partition-of.ts';
import { argumentsOf } from './delivery.ts';
import { streamsOf } from './keys.ts';
import type { ScriptedRedis } from './redis.client.ts';

/** Redis does nothing else meanwhile: a millisecond or two for so many. */
const ENOUGH = 1_000;
const TRIM_EVERY_MS = 60_000;
/** Seven days: so far back a new group finds what no group had read. */
const KEEP_UNREAD_MS = 7 * 86_400_000;

interface Waiting {
  readonly args: string[];
  readonly sent: PromiseWithResolvers<void>;
}

/**
 * Appends to the partitions of one topic. What is published in one turn of the event loop goes out together. A list that is published is
 * there as a whole or not at all.
 */
export class Publisher {
  private readonly redis: ScriptedRedis;
  private readonly streams: readonly string[];
  private readonly keepMs: number;
  private waiting: Waiting[] = [];
  private records = 0;
  private trimmedAt = performance.now();

  constructor(redis: ScriptedRedis, topic: string, partitions: number, keepMs: number) {
    this.redis = redis;
    this.keepMs = keepMs;
    this.streams = streamsOf(topic, partitions);
  }

  publish(records: readonly BrokerRecord[]): Promise<void> {
    if (!this.waiting.length) setImmediate(() => this.send());
    const args = records.flatMap((record) => argumentsOf(record, partitionOf(record.key, this.streams.length)));
    const sent = Promise.withResolvers<void>();
    this.waiting.push({ args, sent });
    this.records += records.length;
    if (this.records >= ENOUGH) this.send();
    return sent.promise;
  }

  /** Of a topic that is only heard nobody owns a partition: who publishes sees to it that it does not grow for ever. */
  private trim(): void {
    if (performance.now() - this.trimmedAt < TRIM_EVERY_MS) return;
    this.trimmedAt = performance.now();
    for (const stream of this.streams) this.redis.trim(stream, this.keepMs, KEEP_UNREAD_MS).catch(() => undefined);
  }

  private send(): void {
    const batch = this.waiting;
    if (!batch.length) return;
    this.waiting = [];
    this.records = 0;
    this.trim();
    const args = batch.flatMap((each) => each.args);
    this.redis.write(this.streams.length, this.streams, args).then(
      () => batch.forEach(({ sent }) => sent.resolve()),
      (error: Error) => batch.forEach(({ sent }) => sent.reject(error)),
    );
  }
}
