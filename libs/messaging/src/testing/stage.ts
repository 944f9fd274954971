import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerRecord, ConsumeOptions, Consumption, Delivery, Handle } from '../broker/broker.ts';
import { BrokerProcess } from './broker-process.ts';
import type { ContractKit } from './contract-kit.ts';
import type { MessagingRig } from './messaging-rig.ts';

const LOOK_MS = 5;

/** One promise, with a check that throws when it is not kept. */
export interface Clause {
  readonly name: string;
  readonly holds: (stage: Stage) => Promise<void>;
}

/** What consuming has brought so far. */
export interface Collected {
  readonly deliveries: Delivery[];
  readonly calls: (readonly Delivery[])[];
  readonly consumption: Consumption;
}

/** Where one clause is checked: a topic and a group that nobody else uses, and processes that end with it. */
export class Stage {
  readonly kit: ContractKit;
  readonly topic = `contract-${randomUUID().slice(0, 8)}`;
  readonly group = `${this.topic}-group`;
  private readonly processes: BrokerProcess[] = [];
  private readonly closing: (() => Promise<void>)[] = [];
  private readonly messagingRig: MessagingRig | undefined;

  constructor(kit: ContractKit, rig: MessagingRig | undefined) {
    this.kit = kit;
    this.messagingRig = rig;
  }

  get rig(): MessagingRig {
    return this.messagingRig ?? assert.fail('This clause needs a database');
  }

  onClose(close: () => Promise<void>): void {
    this.closing.push(close);
  }

  process(): BrokerProcess {
    const process = new BrokerProcess(() => this.kit.connect(), this.kit.cut);
    this.processes.push(process);
    return process;
  }

  /** One of this topic unless told otherwise. */
  record(key: string, value: string, rest: Partial<BrokerRecord> = {}): BrokerRecord {
    return { topic: this.topic, key, value, headers: {}, ...rest };
  }

  /** `count` records with the values 0, 1, … of each of `keys` keys, in turn. */
  numbered(keys: number, count: number, from = 0): BrokerRecord[] {
    return Array.from({ length: count }, (_, n) =>
      Array.from({ length: keys }, (_, key) => this.record(`key-${key}`, String(from + n))),
    ).flat();
  }

  /** Takes part in the group and keeps what comes, before it is handled by `handle`. */
  async collect(
    process: BrokerProcess,
    options: Partial<ConsumeOptions> = {},
    handle: Handle = async () => undefined,
  ): Promise<Collected> {
    const deliveries: Delivery[] = [];
    const calls: (readonly Delivery[])[] = [];
    const consumption = await process.consume(
      { group: this.group, topics: [this.topic], maxBatch: 50, ...options },
      (batch) => {
        deliveries.push(...batch);
        calls.push(batch);
        return handle(batch);
      },
    );
    return { deliveries, calls, consumption };
  }

  /** @throws AssertionError when it does not come true within the patience of the driver */
  async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (const deadline = performance.now() + this.kit.patienceMs; !(await isSo()); await sleep(LOOK_MS))
      if (performance.now() > deadline) assert.fail(`Not within ${this.kit.patienceMs} ms: ${what}`);
  }

  /** What `work` answers, or an AssertionError when it does not within the patience of the driver. */
  async within<T>(what: string, work: Promise<T>): Promise<T> {
    let isOver = false;
    const over = () => void (isOver = true);
    work.then(over, over);
    await this.until(what, () => isOver);
    return work;
  }

  async close(): Promise<void> {
    const leave = async () => {
      await Promise.allSettled(this.processes.map((each) => each.close()));
      await Promise.allSettled(this.closing.map((close) => close()));
    };
    // A driver that cannot let go is no reason to wait for ever.
    await Promise.race([leave(), sleep(this.kit.patienceMs, undefined, { ref: false })]);
  }
}

/** The values, by key, in the order in which they came. */
export const valuesByKey = (deliveries: readonly Delivery[]): Record<string, string[]> =>
  Object.fromEntries(
    [...Map.groupBy(deliveries, ({ key }) => key)].map(([key, each]) => [key, each.map(({ value }) => value)]),
  );

export const positions = (deliveries: readonly Delivery[]): string[] => deliveries.map(({ position }) => position);

/** A hand that is held up until it is let go. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}
