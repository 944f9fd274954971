import { setTimeout as sleep } from 'node:timers/promises';
import {
  PARTITIONS,
  type Broker,
  type BrokerRecord,
  type Consumption,
  type ConsumeOptions,
  type Delivery,
  type Handle,
  type ListenOptions,
} from '../broker/broker.ts';
import { partitionOf } from '../broker/partition-of.ts';

const PAUSE_MS = 20;

interface Group {
  readonly members: MemoryConsumption[];
  /** By `topic/partition`: how many records have been acknowledged. */
  readonly done: Map<string, number>;
  /** Partitions in which a call is under way. */
  readonly busy: Set<string>;
}

/** What the processes of a test share: the logs and how far each group has come. Nothing outlives it. */
export class MemoryServer {
  readonly logs = new Map<string, Delivery[]>();
  readonly groups = new Map<string, Group>();
  readonly listeners = new Set<{ topics: ReadonlySet<string>; hear: (delivery: Delivery) => void }>();

  append(record: BrokerRecord): void {
    const at = `${record.topic}/${partitionOf(record.key, PARTITIONS)}`;
    const log = this.logs.get(at) ?? [];
    this.logs.set(at, log);
    const delivery = { ...record, position: `${at}/${log.length}` };
    log.push(delivery);
    for (const { topics, hear } of this.listeners) if (topics.has(record.topic)) queueMicrotask(() => hear(delivery));
  }

  /** Oldest first, within each partition. */
  of(topics: ReadonlySet<string>): Delivery[] {
    return [...this.logs.values()].flat().filter(({ topic }) => topics.has(topic));
  }

  group(name: string): Group {
    const group = this.groups.get(name) ?? { members: [], done: new Map(), busy: new Set() };
    this.groups.set(name, group);
    return group;
  }

  wake(): void {
    for (const { members } of this.groups.values()) for (const member of members) member.look();
  }
}

/** For unit tests: one for each process that the test plays. It keeps every promise of the port save that of outliving the process. */
export class MemoryBroker implements Broker {
  protected readonly server: MemoryServer;
  private readonly consumptions = new Set<MemoryConsumption>();
  private readonly listeners = new Set<() => Promise<void>>();
  private isCutOff = false;

  constructor(server = new MemoryServer()) {
    this.server = server;
  }

  async publish(records: readonly BrokerRecord[]): Promise<void> {
    await this.check();
    for (const record of records) this.server.append(record);
    this.server.wake();
  }

  async consume(options: ConsumeOptions, handle: Handle): Promise<Consumption> {
    await this.check();
    const consumption = new MemoryConsumption(this.server, options, handle);
    this.consumptions.add(consumption);
    return consumption;
  }

  async listen(
    topics: readonly string[],
    hear: (delivery: Delivery) => void,
    { isFromOldest = false }: ListenOptions = {},
  ): Promise<{ stop(): Promise<void> }> {
    await this.check();
    const listener = { topics: new Set(topics), hear };
    if (isFromOldest) for (const delivery of this.server.of(listener.topics)) queueMicrotask(() => hear(delivery));
    this.server.listeners.add(listener);
    const stop = async () => void this.server.listeners.delete(listener);
    this.listeners.add(stop);
    return { stop };
  }

  async check(): Promise<void> {
    if (this.isCutOff) throw new Error('The connection is cut');
  }

  async close(): Promise<void> {
    const stops = [...this.consumptions].map((consumption) => consumption.stop());
    await Promise.all([...stops, ...[...this.listeners].map((stop) => stop())]);
  }

  /** For tests: as when its process is killed. What it has in hand is never acknowledged, and the others get it. */
  cutOff(): void {
    this.isCutOff = true;
    for (const consumption of this.consumptions) consumption.cutOff();
    for (const stop of this.listeners) void stop();
  }
}

class MemoryConsumption implements Consumption {
  private readonly group: Group;
  /** By partition. */
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly server: MemoryServer;
  private readonly options: ConsumeOptions;
  private readonly handle: Handle;
  private isPaused = false;
  private isStopped = false;

  constructor(server: MemoryServer, options: ConsumeOptions, handle: Handle) {
    this.server = server;
    this.options = options;
    this.handle = handle;
    this.group = server.group(options.group);
    this.group.members.push(this);
    this.look();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.look();
  }

  async lag(): Promise<Record<string, number>> {
    const lag = Object.fromEntries(this.options.topics.map((topic) => [topic, 0]));
    for (const [topic, at] of this.partitions()) lag[topic]! += this.logOf(at).length - this.doneIn(at);
    return lag;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.underWay.values());
    this.leave();
  }

  cutOff(): void {
    this.isStopped = true;
    for (const at of this.underWay.keys()) this.group.busy.delete(at);
    this.underWay.clear();
    this.leave();
  }

  private leave(): void {
    const at = this.group.members.indexOf(this);
    if (at >= 0) this.group.members.splice(at, 1);
    this.server.wake();
  }

  /** Begins whatever can begin. */
  look(): void {
    if (this.isPaused || this.isStopped) return;
    for (const [, at, partition] of this.partitions()) {
      const { members, busy } = this.group;
      const isMine = members[partition % members.length] === this;
      if (!isMine || busy.has(at) || this.doneIn(at) === this.logOf(at).length) continue;
      busy.add(at);
      this.underWay.set(at, this.work(at));
    }
  }

  private async work(at: string): Promise<void> {
    const done = this.doneIn(at);
    const batch = this.logOf(at).slice(done, done + this.options.maxBatch);
    await Promise.resolve(); // the publisher goes on first
    const isHandled = await this.handle(batch).then(
      () => true,
      () => false,
    );
    if (!this.underWay.has(at)) return; // cut off meanwhile
    if (isHandled) this.group.done.set(at, done + batch.length);
    else if (!this.isStopped) await sleep(PAUSE_MS);
    if (!this.underWay.delete(at)) return;
    this.group.busy.delete(at);
    this.server.wake();
  }

  private partitions(): (readonly [topic: string, at: string, partition: number])[] {
    return this.options.topics.flatMap((topic) =>
      Array.from({ length: PARTITIONS }, (_, partition) => [topic, `${topic}/${partition}`, partition] as const),
    );
  }

  private logOf = (at: string) => this.server.logs.get(at) ?? [];
  private doneIn = (at: string) => this.group.done.get(at) ?? 0;
}
