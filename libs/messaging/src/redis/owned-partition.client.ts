import type { ConsumeOptions, Handle } from '../broker/broker.ts';
import { deliveryOf } from './delivery.ts';
import { groupKeys, streamOf } from './keys.ts';
import { Nap } from '../nap.ts';
import type { ScriptedRedis, StreamEntry } from './redis.client.ts';
import type { WakeUps } from './wake-ups.client.ts';

/** In milliseconds: how long nobody else takes a partition whose owner says nothing. */
export const LEASE_MS = 3_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** How soon Redis is asked again when it did not answer. */
const AWAY_PAUSE_MS = 200;

/** What the partitions of one consumption have in common. */
export interface Owner {
  readonly id: string;
  readonly redis: ScriptedRedis;
  readonly wakeUps: WakeUps;
  readonly options: ConsumeOptions;
  readonly handle: Handle;
  isPaused: boolean;
}

/**
 * A partition while its lease is ours: one batch after the other, each acknowledged in the same step that reads the next. It ends when
 * it has been given back, or when Redis says that somebody else has it.
 */
export class OwnedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly fence: number;
  readonly ended: Promise<void>;
  isToGive = false;
  hasEnded = false;
  private readonly owner: Owner;
  private readonly stream: string;
  private readonly nap = new Nap();
  private isLost = false;
  /** Handled, and not acknowledged yet. */
  private done: string[] = [];
  private failures = 0;

  constructor(owner: Owner, topic: string, partition: number, fence: number, after: Promise<unknown> | undefined) {
    this.owner = owner;
    this.topic = topic;
    this.partition = partition;
    this.fence = fence;
    this.stream = streamOf(topic, partition);
    this.ended = this.run(after).finally(() => (this.hasEnded = true));
  }

  /** Once the batch under way is acknowledged. */
  giveBack(): void {
    this.isToGive = true;
    this.nap.wake();
  }

  /** Somebody else has it: what is under way is not acknowledged. */
  lose(): void {
    this.isLost = true;
    this.nap.wake();
  }

  /** Something has changed: looks again. */
  wake(): void {
    this.nap.wake();
  }

  private async run(after: Promise<unknown> | undefined): Promise<void> {
    await after; // a call may be under way from when the partition was ours before
    let giveUpAt: number | undefined;
    while (!this.isLost) {
      const action = this.isToGive ? 'give' : this.owner.isPaused ? 'keep' : 'read';
      const turn = await this.turn(action).catch((error: Error) => error);
      if (turn instanceof Error) {
        if (action === 'give' && performance.now() > (giveUpAt ??= performance.now() + LEASE_MS)) break; // the lease lapses
        await this.nap.rest(AWAY_PAUSE_MS);
      } else if (!turn || action === 'give') break;
      else if (action === 'keep') await this.nap.rest();
      else if (turn[1].length) await this.work(turn[1]);
      else await this.untilNew(turn[0]);
    }
    this.owner.wakeUps.unwatch(this.stream);
  }

  private async turn(action: 'read' | 'keep' | 'give') {
    const { redis, options, id } = this.owner;
    const { leases, changes } = groupKeys(this.topic, options.group);
    const { group, maxBatch } = options;
    const about = [action, group, id, this.partition, this.fence, LEASE_MS, maxBatch];
    const answer = await redis.turn(this.stream, leases, changes, ...about, ...this.done);
    this.done = [];
    return answer;
  }

  private async work(entries: readonly StreamEntry[]): Promise<void> {
    const ids = entries.map(([id]) => id);
    // Of what was deleted in Redis while it was pending only the id is left.
    const deliveries = entries.flatMap(([id, fields]) => (fields ? [deliveryOf(this.topic, this.partition, id, fields)] : [])); // prettier-ignore
    try {
      if (deliveries.length) await this.owner.handle(deliveries);
      this.done = ids;
      this.failures = 0;
    } catch {
      await this.pause(); // who handles has said why
    }
  }

  private async untilNew(lastId: string): Promise<void> {
    this.owner.wakeUps.watch(this.stream, lastId, () => this.nap.wake());
    await this.nap.rest();
    this.owner.wakeUps.unwatch(this.stream);
  }

  private async pause(): Promise<void> {
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** this.failures++, LONGEST_PAUSE_MS);
    await this.nap.rest(ms * (0.75 + Math.random() / 4));
  }
}
