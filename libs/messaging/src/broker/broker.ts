/** What a broker carries; what it means is not the broker's business. */
export interface BrokerRecord {
  readonly topic: string;
  /** Records of one topic and key are delivered in the order in which they were published. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

export interface Delivery extends BrokerRecord {
  /** Where the broker keeps it, unique in that broker and the same at every delivery: `blog/3/1764061200000-0`. */
  readonly position: string;
}

export interface ConsumeOptions {
  /** Those who share the work: each record is handled by one of them. A new group begins with the oldest record that the broker has. */
  readonly group: string;
  readonly topics: readonly string[];
  /** The most that one call of `handle` gets. */
  readonly maxBatch: number;
}

export interface ListenOptions {
  /** First what the broker still has from before, oldest first within each partition. For a person who looks, not for a service. */
  readonly isFromOldest?: boolean;
}

/**
 * Gets records of one partition, oldest first. Once it has resolved they are acknowledged and the next ones come; when it rejects, the
 * same ones come again after a pause, and nothing of that partition before them. Partitions go on at the same time, each with one call
 * under way and at most one batch in memory beside it.
 */
export type Handle = (deliveries: readonly Delivery[]) => Promise<void>;

export interface Consumption {
  /** No further call begins until `resume`; the partitions stay ours. */
  pause(): void;
  resume(): void;
  /** How many records wait to be handled by the group, by topic. */
  lag(): Promise<Record<string, number>>;
  /** Begins nothing more, waits for the calls under way, acknowledges them and gives the partitions back. */
  stop(): Promise<void>;
}

/**
 * The port to Kafka, Redis Streams and the memory of tests: topics cut into partitions, each a log, each read by one consumer of a group
 * at a time. `contractOf` in @cairn/messaging/testing says as tests what every driver keeps.
 */
export interface Broker {
  /**
   * Resolves when the broker has all of them, those of one topic and key in the order of the list.
   * @throws Error when it may not have all of them. To publish the whole list again is right: some are then there twice.
   */
  publish(records: readonly BrokerRecord[]): Promise<void>;
  /** Takes part in a group. Resolves when it does. Delivery is at least once: after a crash, or when partitions change hands, some come again. */
  consume(options: ConsumeOptions, handle: Handle): Promise<Consumption>;
  /**
   * Hears every record that is published after it has resolved, in every process that listens. Nothing is acknowledged, retried or
   * kept: what is published while the connection is lost may go by.
   */
  listen(
    topics: readonly string[],
    hear: (delivery: Delivery) => void,
    options?: ListenOptions,
  ): Promise<{ stop(): Promise<void> }>;
  /** @throws Error when the broker cannot be used now */
  check(): Promise<void>;
  /** Stops what consumes and listens through it, then hangs up. */
  close(): Promise<void>;
}

/** How many partitions a topic has: the most consumers of a group that work at the same time. It cannot change later without mixing up the order. */
export const PARTITIONS = 8;
