import { setTimeout as sleep } from 'node:timers/promises';
import { PartitionAssigners, type Batch, type Consumer, type Kafka, type PartitionAssigner } from 'kafkajs';
import { untilSettled } from './client.ts';

/** In milliseconds: how long a fetch waits when there is nothing, and so how soon a partition that was full is fetched again. */
const FETCH_WAIT_MS = 100;
const HEARTBEAT_MS = 500;
/** In milliseconds: how long a broker that has just started may take to lead groups. */
const SETTLE_MS = 10_000;
/** In milliseconds: how long the others of a group wait for one that has to give partitions up. */
const REBALANCE_MS = 15_000;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [250, 5_000];
/** In milliseconds: how long an attempt to join that is under way may hold up an end. It then ends by itself. */
const LEAVE_MS = 2_000;

export interface MemberOptions {
  readonly kafka: Kafka;
  readonly group: string;
  readonly topics: readonly string[];
  /** In milliseconds: whoever is not heard of for that long is taken for dead. */
  readonly sessionMs: number;
  /** Awaited before partitions are given up. */
  readonly beforeLeaving?: () => Promise<void>;
  /** Partitions are ours from here on, and nothing of them has been fetched. */
  readonly onJoin: (consumer: Consumer) => void;
  /** What is fetched; the next fetch waits for it. Nothing is acknowledged by that. */
  readonly onBatch: (batch: Batch, consumer: Consumer) => void;
}

/** A member of a consumer group for as long as it is wanted: kafkajs' consumer, made anew when it has given up. */
export class Member {
  consumer: Consumer | undefined;
  private readonly options: MemberOptions;
  private readonly stopping = new AbortController();
  private joining: Promise<void> | undefined;

  constructor(options: MemberOptions) {
    this.options = options;
  }

  /** Resolves when it is one. @throws Error when it does not become one */
  join(): Promise<void> {
    return untilSettled(() => this.joinOnce(), SETTLE_MS);
  }

  private async joinOnce(): Promise<void> {
    const { kafka, group, topics, sessionMs, onJoin, onBatch } = this.options;
    const consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: sessionMs,
      heartbeatInterval: Math.min(HEARTBEAT_MS, sessionMs / 4),
      rebalanceTimeout: REBALANCE_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: 512 * 1024,
      partitionAssigners: [this.assigner()],
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: async () => false },
    });
    const { signal } = this.stopping;
    let [crash, isStarted]: [Error | undefined, boolean] = [undefined, false];
    consumer.on(consumer.events.GROUP_JOIN, () => {
      this.consumer = consumer;
      onJoin(consumer);
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
      crash = error;
      if (this.consumer === consumer) this.consumer = undefined;
      if (isStarted) this.joinAgain();
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({ autoCommit: false, eachBatch: async ({ batch }) => onBatch(batch, consumer) });
      if (crash) throw crash as Error;
      signal.throwIfAborted();
      isStarted = true;
    } catch (error) {
      await consumer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** Leaves the group, which then need not wait for it. */
  async leave(): Promise<void> {
    this.stopping.abort();
    await Promise.race([this.joining, sleep(LEAVE_MS, undefined, { ref: false })]);
    await this.consumer?.disconnect().catch(() => undefined);
    this.consumer = undefined;
  }

  private joinAgain(): void {
    this.joining = (async () => {
      const { signal } = this.stopping;
      for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        await sleep(pause, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
        try {
          return await this.joinOnce();
        } catch {
          // It says so in the log.
        }
      }
    })();
  }

  /**
   * kafkajs has no callback before partitions change hands. But an assigner is given the cluster, and the first thing that a member does
   * when it has to join again is to ask that for the coordinator.
   */
  private assigner(): PartitionAssigner {
    return (config) => {
      const cluster = config.cluster as unknown as { findGroupCoordinator(what: object): Promise<unknown> };
      const find = cluster.findGroupCoordinator.bind(cluster);
      cluster.findGroupCoordinator = async (what) => {
        await this.options.beforeLeaving?.();
        return find(what);
      };
      return PartitionAssigners.roundRobin(config);
    };
  }
}
