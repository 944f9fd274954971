import { v7 as uuid } from 'uuid';
import type { ConsumeOptions, Consumption, Handle } from '../broker/broker.ts';
import { groupKeys, streamOf, streamsOf } from './keys.ts';
import { Nap } from '../nap.ts';
import { LEASE_MS, OwnedPartition, type Owner } from './owned-partition.client.ts';
import type { ScriptedRedis } from './redis.client.ts';
import { WakeUps } from './wake-ups.client.ts';

/** In milliseconds: how often leases are renewed and the shares looked at, when nobody joins or leaves. */
const TURN_MS = LEASE_MS / 3;
const TRIM_EVERY_MS = 30_000;

/** By topic: how many partitions it has. */
export type Partitions = ReadonlyMap<string, number>;

/** A member of a group: it keeps its share of the partitions, each at work by itself. */
export class RedisConsumption implements Consumption {
  private readonly owner: Owner;
  private readonly partitions: Partitions;
  private readonly keepMs: number;
  /** By stream. The last that was ours stays here. */
  private readonly owned = new Map<string, OwnedPartition>();
  private readonly nap = new Nap();
  private running: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;
  private isLeaving = false;
  private isAbandoned = false;
  private trimmedAt = performance.now();

  constructor(redis: ScriptedRedis, partitions: Partitions, options: ConsumeOptions, handle: Handle, keepMs: number) {
    // In the order of joining: see balance.lua.
    this.owner = { id: uuid(), redis, wakeUps: new WakeUps(redis), options, handle, isPaused: false };
    this.partitions = partitions;
    this.keepMs = keepMs;
  }

  /** Resolves when it is a member. @throws Error when Redis cannot be asked */
  async start(): Promise<void> {
    try {
      await this.balance();
    } catch (error) {
      await this.stop(); // one of several topics may have been joined
      throw error;
    }
    for (const topic of this.partitions.keys()) this.watchChanges(topic, '0-0');
    this.running = this.run();
  }

  pause(): void {
    this.owner.isPaused = true;
    this.owned.forEach((partition) => partition.wake());
  }

  resume(): void {
    this.owner.isPaused = false;
    this.owned.forEach((partition) => partition.wake());
  }

  async lag(): Promise<Record<string, number>> {
    const { redis, options } = this.owner;
    const lags = [...this.partitions].map(async ([topic, count]) => {
      const streams = streamsOf(topic, count);
      return [topic, await redis.waiting(count, ...streams, options.group)] as const;
    });
    return Object.fromEntries(await Promise.all(lags));
  }

  stop(): Promise<void> {
    return (this.stopped ??= this.leave());
  }

  /** Waits for nothing: what is under way is not acknowledged, and the leases lapse. */
  abandon(): void {
    this.isAbandoned = true;
    this.owned.forEach((partition) => partition.lose());
    void this.stop();
  }

  private async leave(): Promise<void> {
    this.isLeaving = true;
    this.nap.wake();
    await (this.running ?? this.run());
    await this.owner.wakeUps.stop();
  }

  /** Goes on while it leaves: the leases of what is still under way are to be renewed. */
  private async run(): Promise<void> {
    for (let hasLeft = false; !hasLeft;) {
      await this.nap.rest(TURN_MS);
      const { isLeaving } = this;
      await this.balance().catch(() => undefined); // Redis is away: the leases lapse, and nothing is acknowledged
      await this.trim().catch(() => undefined);
      if (isLeaving) this.owned.forEach((partition) => partition.giveBack());
      hasLeft = isLeaving && (this.isAbandoned || [...this.owned.values()].every(({ hasEnded }) => hasEnded));
    }
  }

  private async balance(): Promise<void> {
    await Promise.all([...this.partitions].map(([topic, count]) => this.balanceTopic(topic, count)));
  }

  private async balanceTopic(topic: string, count: number): Promise<void> {
    const { redis, options, id } = this.owner;
    const { members, leases, changes } = groupKeys(topic, options.group);
    const keys = [members, leases, changes, ...streamsOf(topic, count)];
    const [share, ...held] = await redis.balance(keys.length, ...keys, options.group, id, LEASE_MS, this.isLeaving ? 'leaves' : 'stays'); // prettier-ignore
    const fences = new Map<number, number>();
    for (let i = 0; i < held.length; i += 2) fences.set(held[i]!, held[i + 1]!);
    for (let partition = 0; partition < count; partition++) this.own(topic, partition, fences.get(partition));
    this.giveSurplus(
      [...fences.keys()].map((partition) => this.owned.get(streamOf(topic, partition))!),
      share,
    );
  }

  /** A fence that has been ours and ended is an answer from before: nobody gets it twice. */
  private own(topic: string, partition: number, fence: number | undefined): void {
    const stream = streamOf(topic, partition);
    const last = this.owned.get(stream);
    if (fence !== last?.fence) last?.lose();
    if (fence === undefined || (last && fence <= last.fence)) return;
    const mine = new OwnedPartition(this.owner, topic, partition, fence, last?.ended);
    this.owned.set(stream, mine);
    void mine.ended.then(() => this.nap.wake());
  }

  private giveSurplus(held: readonly OwnedPartition[], share: number): void {
    const staying = held.filter(({ isToGive }) => !isToGive);
    for (const partition of staying.slice(share)) partition.giveBack();
  }

  /** The shares change when somebody joins or gives something back. */
  private watchChanges(topic: string, after: string): void {
    const { changes } = groupKeys(topic, this.owner.options.group);
    this.owner.wakeUps.watch(changes, after, (id) => {
      this.nap.wake();
      this.watchChanges(topic, id);
    });
  }

  private async trim(): Promise<void> {
    if (performance.now() - this.trimmedAt < TRIM_EVERY_MS) return;
    this.trimmedAt = performance.now();
    await Promise.all([...this.owned.keys()].map((stream) => this.owner.redis.trim(stream, this.keepMs, this.keepMs)));
  }
}
