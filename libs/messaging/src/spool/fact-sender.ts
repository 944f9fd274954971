import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, BrokerRecord } from '../broker/broker.ts';
import { Nap } from '../nap.ts';
import type { Spool } from './spool.ts';

/** In milliseconds, from `publish`: nobody waits longer for a broker that may never answer. Who queues before that is not seen here. */
const SLOW_MS = 250;
const LOOK_EVERY_MS = 2_000;
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [50, 1_000];
/** What goes out together: more would hold up what others publish. */
const [LOT_RECORDS, LOT_BYTES] = [100, 500_000];
/** So often the broker refuses a record that it gets alone, while it is well, before it is set aside. */
const REFUSALS = 3;
const STOP_MS = 2_000;

export interface FactSenderOptions {
  readonly broker: Broker;
  readonly spool: Spool;
  /** With what is wrong when facts begin to wait, or cannot even do that; without when all is well again. */
  readonly onTrouble: (trouble?: Error) => void;
  /** The broker does not take this one and never will. */
  readonly onRefused: (record: BrokerRecord, error: Error) => void;
  /** So many bytes of a segment are no facts (any more); those that are have been sent, and the file is kept there. */
  readonly onTorn: (file: string, bytes: number) => void;
}

/**
 * Sends facts to the broker, or to the spool while the broker is away. Away it is from the first failure or long wait until something of
 * the spool, or a question, has got through: in between nobody waits for it. What was spooled keeps its event id, so that what the broker
 * had taken all the same is handled once; it comes after what is published meanwhile.
 */
export class FactSender {
  private readonly options: FactSenderOptions;
  private readonly nap = new Nap();
  private readonly stopping = new AbortController();
  private isAway = false;
  /** What was said of this outage: the drainer and those who publish come upon different troubles by turns. */
  private readonly toldOf = new Set<string>();
  private draining: Promise<void> | undefined;
  /** Of the oldest segment, so that after a failure in the middle it goes on there. */
  private sent: { name: string; count: number } = { name: '', count: 0 };
  dropped = 0;

  constructor(options: FactSenderOptions) {
    this.options = options;
  }

  /** @throws Error in one sentence when the folder of the spool cannot be used */
  async start(): Promise<void> {
    await this.options.spool.open();
    this.draining = this.drain();
  }

  /** Sends what it can in two seconds; the rest stays on the disk. */
  async stop(): Promise<void> {
    const { spool } = this.options;
    const deadline = performance.now() + STOP_MS;
    while (!spool.isEmpty && !this.isAway && performance.now() < deadline) {
      this.nap.wake();
      await sleep(10);
    }
    this.stopping.abort();
    this.nap.wake();
    await Promise.race([this.draining, sleep(STOP_MS, undefined, { ref: false })]); // a broker may take seconds to say no
    await spool.close();
  }

  /** @throws SpoolIsFull */
  async publish(record: BrokerRecord): Promise<void> {
    if (!this.isAway) {
      const trouble = await this.attempt(record);
      if (!trouble) return;
      this.away(trouble);
    }
    try {
      await this.options.spool.append(record);
    } catch (error) {
      this.dropped++;
      this.tell(error as Error);
      throw error;
    }
  }

  private async attempt(record: BrokerRecord): Promise<Error | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const slow = new Promise<Error>((resolve) => {
      timer = setTimeout(() => resolve(new Error(`The broker has not answered in ${SLOW_MS} ms`)), SLOW_MS);
    });
    const answer = this.options.broker.publish([record]).then(
      () => undefined,
      (error: Error) => error,
    );
    try {
      return await Promise.race([answer, slow]);
    } finally {
      clearTimeout(timer);
    }
  }

  private away(trouble: Error): void {
    if (!this.isAway) this.tell(trouble);
    this.isAway = true;
    this.nap.wake();
  }

  private back(): void {
    if (this.isAway) this.options.onTrouble();
    this.isAway = false;
    this.toldOf.clear();
  }

  /** Once, not for every fact. */
  private tell(trouble: Error): void {
    if (this.toldOf.has(trouble.message)) return;
    this.toldOf.add(trouble.message);
    this.options.onTrouble(trouble);
  }

  private async drain(): Promise<void> {
    const { spool } = this.options;
    for (let failures = 0; !this.stopping.signal.aborted;) {
      try {
        await spool.adopt(); // also while the broker is away: what the dead have left fills our share, or each restart would add one
        while (!this.stopping.signal.aborted && (await this.sendFirst()));
        if (this.isAway && spool.isEmpty) {
          await this.options.broker.check();
          this.back();
        }
        failures = 0;
        if (spool.isEmpty) await this.nap.rest(LOOK_EVERY_MS);
      } catch (error) {
        this.tell(error as Error);
        const retryMs = Math.min(FIRST_RETRY_MS * 2 ** failures++, LAST_RETRY_MS) * (0.5 + Math.random() / 2);
        await sleep(retryMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  /** Answers whether there was one. @throws Error when the broker does not take it */
  private async sendFirst(): Promise<boolean> {
    const { broker, spool } = this.options;
    const segment = await spool.first();
    if (!segment) return false;
    if (this.sent.name !== segment.name) this.sent = { name: segment.name, count: 0 };
    for (let lot; (lot = firstLot(segment.records.slice(this.sent.count))).length > 0;) {
      await broker
        .publish(lot)
        .catch((error: Error) => this.sendAlone(lot, error).catch((reason: Error) => this.failed(reason)));
      this.sent.count += lot.length;
      this.back();
      if (this.stopping.signal.aborted) return false;
    }
    if (segment.tornBytes > 0)
      this.options.onTorn(await spool.setAside(segment.name, segment.tornBytes), segment.tornBytes);
    else await spool.remove(segment.name);
    return true;
  }

  private failed(trouble: Error): never {
    this.away(trouble);
    throw trouble;
  }

  /** One record that is refused must not hold up all others. @throws Error when it is not the record, but the broker */
  private async sendAlone(lot: readonly BrokerRecord[], trouble: Error): Promise<void> {
    const { broker, onRefused } = this.options;
    await broker.check().catch(() => Promise.reject(trouble));
    for (const record of lot)
      for (let refusals = 1; ; refusals++) {
        const error = await broker.publish([record]).then(() => undefined, (reason: Error) => reason); // prettier-ignore
        if (!error) break;
        await broker.check();
        if (refusals < REFUSALS) continue;
        this.dropped++;
        onRefused(record, error);
        break;
      }
  }
}

function firstLot(records: readonly BrokerRecord[]): BrokerRecord[] {
  let bytes = 0;
  const isTooMuch = ({ value }: BrokerRecord, n: number) => (bytes += value.length) > LOT_BYTES || n === LOT_RECORDS;
  const end = records.findIndex(isTooMuch);
  return records.slice(0, end < 0 ? records.length : Math.max(end, 1));
}
