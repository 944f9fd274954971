import type { CloudEvent } from '@cairn/contracts/events';
import type { Transaction, Transactions } from '@cairn/database';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Delivery } from '../broker/broker.ts';
import { readRecord } from '../cloud-events.ts';
import {
  lockDue,
  lockKey,
  nextDueIn,
  noteFailure,
  park,
  parkedKeys,
  remove,
  type ParkedEvent,
} from '../dead-letters/parked-events.ts';
import { storable } from '../dead-letters/storable.ts';
import { CannotBeHandled } from '../messaging.errors.ts';
import { Nap } from '../nap.ts';
import { runHandlers, type GroupHandlers } from './event-handler.ts';
import { inTime } from './in-time.ts';
import { claim } from './inbox.ts';
import { isPermanent } from './is-permanent.ts';
import { RETRIES, retryInMs, type RetryPolicy } from './retry-policy.ts';

/** In milliseconds: how soon an instance sees what another one has parked. */
const LOOK_MS = 1_000;
/** In milliseconds: the same while all that is due is under way in other instances. */
const TAKEN_MS = 100;
const HANDLE_MS = 30_000;

export interface GroupConsumerOptions {
  readonly handlers: GroupHandlers;
  readonly transactions: Transactions;
  /** The types of all events that this process has contracts of. */
  readonly knows: ReadonlySet<string>;
  readonly retries?: RetryPolicy;
  /** How long a batch, or one event of it, may take. Default 30 s. */
  readonly handleMs?: number;
  /** What a full batch holds: after it there is more, and no pace is kept. */
  readonly maxBatch?: number;
  readonly onFailure: (failure: {
    error: Error;
    eventId: string;
    type: string | undefined;
    attempts: number;
    isDead: boolean;
  }) => void;
  /** Neither what comes nor what is parked can be handled: told when that begins, and for each look at what is parked. */
  readonly onTrouble: (error: Error) => void;
}

/** A delivery that concerns this group. */
interface Item {
  readonly delivery: Delivery;
  readonly eventId: string;
  readonly type: string | undefined;
  /** Undefined: nobody can handle it. */
  readonly event: CloudEvent | undefined;
  readonly reason?: string;
}

/**
 * What a group does with what its broker delivers. A batch is one transaction: note of what is handled, effects, all or nothing. When
 * something in it fails the batch is done again one by one; what fails then is parked: it is tried again from the database while the
 * partition goes on, and what comes later under its key waits behind it. So the broker gets every batch acknowledged unless the database
 * itself is away.
 */
export class GroupConsumer {
  private readonly options: GroupConsumerOptions;
  private readonly retries: RetryPolicy;
  private readonly stopping = new AbortController();
  private retrying: Promise<void> | undefined;
  private readonly nap = new Nap();
  private isStuck = false;

  constructor(options: GroupConsumerOptions) {
    this.options = options;
    this.retries = options.retries ?? RETRIES;
  }

  /** Begins to try again what is parked. */
  start(): void {
    this.retrying = this.retryParked();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.nap.wake();
    await this.retrying;
  }

  /** @throws what the database throws: then nothing is acknowledged and all of it comes again */
  async handle(deliveries: readonly Delivery[]): Promise<void> {
    const begin = performance.now();
    try {
      await this.handleAll(deliveries);
      this.isStuck = false;
      await this.keepPace(begin, deliveries.length);
    } catch (error) {
      if (!this.isStuck) this.options.onTrouble(error as Error);
      this.isStuck = true;
      throw error;
    }
  }

  /** The broker gives the next batch when this one has been handled: until then it grows there. */
  private async keepPace(begin: number, count: number): Promise<void> {
    const { handlers, maxBatch = Infinity } = this.options;
    const restMs = (handlers.paceMs ?? 0) - (performance.now() - begin);
    if (restMs <= 0 || count >= maxBatch) return;
    await sleep(restMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async handleAll(deliveries: readonly Delivery[]): Promise<void> {
    const items = deliveries.flatMap((delivery) => this.read(delivery));
    if (!items.length) return;
    const isForOneByOne = items.length === 1 || items.some(({ event }) => !event);
    const isWhole = !isForOneByOne && (await this.succeeds(() => this.transact(items)));
    if (!isWhole) for (const item of items) await this.handleAlone(item);
  }

  private read(given: Delivery): Item[] {
    const delivery = storable(given);
    const { contracts } = this.options.handlers;
    const read = readRecord(given.value, contracts, this.options.knows);
    if (read.kind === 'other') return [];
    if (read.kind === 'event') return [{ delivery, eventId: read.event.id, type: read.event.type, event: read.event }];
    // What has no id of its own is known by where it stands.
    return [
      { delivery, eventId: read.id ?? delivery.position, type: read.type, event: undefined, reason: read.reason },
    ];
  }

  /** Why is found out one by one. */
  private async succeeds(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch {
      return false;
    }
  }

  /** Claims, then asks what is parked: a claim may have waited for another instance, which parked the event before. */
  private transact(items: readonly Item[]): Promise<void> {
    const { group } = this.options.handlers;
    return this.inTransaction(async (tx) => {
      const fresh = await this.fresh(tx, items);
      if (!fresh.length) return;
      const { topic } = fresh[0]!.delivery;
      const parked = await parkedKeys(tx, group, topic, fresh.map(({ delivery }) => delivery.key)); // prettier-ignore
      const free = fresh.filter(({ delivery }) => !parked.has(delivery.key));
      for (const item of fresh) {
        if (!parked.has(item.delivery.key)) continue;
        await lockKey(tx, group, item.delivery);
        const isStill = (await parkedKeys(tx, group, topic, [item.delivery.key])).size > 0;
        if (isStill) await park(tx, group, { ...item.delivery, eventId: item.eventId, type: item.type });
        else free.push(item);
      }
      await this.run(free.map(({ event }) => event!), tx); // prettier-ignore
    });
  }

  /** A handler that never answers holds up its own event only: its connection is ended, and with it what it has locked is free. */
  private async inTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { transactions, handleMs = HANDLE_MS } = this.options;
    let hangUp: () => void = () => undefined;
    const run = async (tx: Transaction) => {
      const connection = (await tx.queryRunner!.connect()) as Client;
      hangUp = () => void connection.end(() => undefined);
      return work(tx);
    };
    return inTime(
      handleMs,
      () => transactions.run(run),
      () => hangUp(),
    );
  }

  private async fresh(tx: Transaction, items: readonly Item[]): Promise<Item[]> {
    const claimed = new Set(await claim(tx, this.options.handlers.group, items.map(({ eventId }) => eventId))); // prettier-ignore
    return items.filter(({ eventId }) => claimed.delete(eventId));
  }

  private run(events: readonly CloudEvent[], tx: Transaction): Promise<void> {
    return runHandlers(this.options.handlers, events, tx);
  }

  private async handleAlone(item: Item): Promise<void> {
    try {
      if (!item.event) throw new CannotBeHandled(item.reason);
      await this.transact([item]);
    } catch (error) {
      await this.parkFailed(item, error as Error);
    }
  }

  private async parkFailed({ delivery, eventId, type }: Item, error: Error): Promise<void> {
    const { handlers, transactions } = this.options;
    const failure = this.failure(error, 1);
    const isParked = await transactions.run(async (tx) => {
      if (!(await claim(tx, handlers.group, [eventId])).size) return false; // another instance had it meanwhile
      await lockKey(tx, handlers.group, delivery);
      const isBehind = (await parkedKeys(tx, handlers.group, delivery.topic, [delivery.key])).size > 0;
      await park(tx, handlers.group, { ...delivery, eventId, type }, isBehind ? undefined : failure);
      return true;
    });
    if (!isParked) return;
    this.options.onFailure({ error, eventId, type, attempts: 1, isDead: failure.retryInMs === undefined });
    this.nap.wake();
  }

  private failure(error: Error, attempts: number) {
    return { error, attempts, retryInMs: isPermanent(error) ? undefined : retryInMs(attempts, this.retries) };
  }

  private async retryParked(): Promise<void> {
    const { handlers, transactions } = this.options;
    while (!this.stopping.signal.aborted) {
      let pause = LOOK_MS;
      try {
        const due = await transactions.run((tx) => nextDueIn(tx, handlers.group));
        if (due === 0) pause = (await this.retryOne()) ? 0 : TAKEN_MS;
        else pause = Math.min(pause, due ?? pause);
      } catch (error) {
        this.options.onTrouble(error as Error);
      }
      if (pause > 0 && !this.stopping.signal.aborted) await this.nap.rest(pause);
    }
  }

  /** Answers whether there was one. */
  private async retryOne(): Promise<boolean> {
    const { handlers, transactions } = this.options;
    let seen: ParkedEvent | undefined;
    try {
      return await this.inTransaction(async (tx) => {
        seen = await lockDue(tx, handlers.group);
        if (!seen) return false;
        const [item] = this.read({ ...seen, position: seen.eventId });
        if (item && !item.event) throw new CannotBeHandled(item.reason);
        if (item) await this.run([item.event!], tx);
        await remove(tx, handlers.group, seen);
        return true;
      });
    } catch (error) {
      if (!seen) throw error;
      const event = seen;
      const failure = this.failure(error as Error, event.attempts + 1);
      await transactions.run((tx) => noteFailure(tx, event, failure));
      const { attempts, retryInMs: again } = failure;
      const { eventId, type } = event;
      this.options.onFailure({ error: error as Error, eventId, type: type ?? undefined, attempts, isDead: again === undefined }); // prettier-ignore
      return true;
    }
  }
}
