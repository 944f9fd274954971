import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Broker, BrokerRecord } from '../broker/broker.ts';
import { Nap } from '../nap.ts';
import { Lease, LEASE_MS } from './lease.ts';

const CHANNEL = 'outbox';
const BATCH = 500;
/** How soon who stands by asks for the lease again, who leads renews it, and how soon an event goes out whose notification was lost. */
const TURN_MS = 1_000;
const MAX_PAUSE_MS = 5_000;
/** Of the backlog: more than that is shown as that. */
const MOST_COUNTED = 100_000;
/** A batch that the broker does not take in that time is tried again, by whoever then has the lease. */
const QUERY_TIMEOUT_MS = 5_000;

interface Row extends BrokerRecord {
  readonly position: string;
}

export interface Backlog {
  readonly events: number;
  /** Of the oldest, in seconds. */
  readonly age: number;
}

export interface OutboxRelayOptions {
  readonly databaseUrl: string;
  readonly broker: Pick<Broker, 'publish'>;
  /** Told once when it begins to fail and once when it works again. */
  readonly onTrouble: (trouble: Error | undefined) => void;
}

/**
 * Brings the outbox to the broker, oldest first, one batch after the other, by one process per database: the others stand by and take
 * over when the lease ends. A crash between publishing and deleting publishes a batch twice; nothing is ever left out. While the broker
 * is away rows wait, and writers do not notice.
 */
export class OutboxRelay {
  backlog: Backlog = { events: 0, age: 0 };
  isActive = false;
  private readonly options: OutboxRelayOptions;
  private readonly lease = new Lease('outbox-relay', randomUUID());
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private client: pg.Client | undefined;
  private isRinging = false;
  private readonly nap = new Nap();
  private isInTrouble = false;
  private renewedAt = -Infinity;
  private countedAt = -Infinity;

  constructor(options: OutboxRelayOptions) {
    this.options = options;
  }

  start(): void {
    this.running = this.run();
  }

  /** Sends what is under way, gives the lease back. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.nap.wake();
    await this.running;
  }

  /**
   * Something has been committed. Whichever process sends is woken by NOTIFY, on this connection and after the commit: within the
   * writer's transaction it would hold a lock until the commit is on the disk that all who notify share, and make them commit one by one.
   */
  ring(): void {
    if (this.isActive) return this.nap.wake();
    if (!this.client || this.isRinging) return;
    this.isRinging = true;
    this.client
      .query(`NOTIFY ${CHANNEL}`)
      .catch(() => undefined)
      .finally(() => (this.isRinging = false)); // it looks once a second
  }

  private async run(): Promise<void> {
    let pause = 100;
    while (!this.stopping.signal.aborted) {
      const client = new pg.Client({
        connectionString: this.options.databaseUrl,
        application_name: 'outbox-relay',
        connectionTimeoutMillis: QUERY_TIMEOUT_MS,
        query_timeout: QUERY_TIMEOUT_MS,
        keepAlive: true,
      });
      client.on('error', () => this.nap.wake()); // the next query says what happened
      client.on('notification', () => this.nap.wake());
      try {
        await client.connect();
        await client.query(`LISTEN ${CHANNEL}`);
        this.client = client;
        await this.relay(client, () => (pause = 100));
        if (this.isActive) await this.lease.release(client);
      } catch (error) {
        this.tell(error as Error);
        const { signal } = this.stopping;
        await sleep(pause * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined); // whatever is committed meanwhile
        pause = Math.min(pause * 2, MAX_PAUSE_MS);
      } finally {
        this.client = undefined;
        this.isActive = false;
        this.renewedAt = -Infinity;
        await client.end().catch(() => undefined);
      }
    }
  }

  /** @throws whatever the database or the broker throws; rows that may not have been published stay */
  private async relay(client: pg.Client, works: () => void): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if (performance.now() - this.renewedAt > LEASE_MS / 3) await this.renew(client);
      const sent = this.isActive ? await this.sendBatch(client).finally(() => this.count(client)) : 0;
      this.tell(undefined);
      works();
      if (sent < BATCH && !this.stopping.signal.aborted) await this.nap.rest(TURN_MS);
    }
  }

  private async renew(client: pg.Client): Promise<void> {
    const now = performance.now();
    this.isActive = await this.lease.hold(client);
    if (this.isActive) this.renewedAt = now;
  }

  private async sendBatch(client: pg.Client): Promise<number> {
    const { rows } = await client.query<Row>({
      name: 'outbox-oldest',
      text: `SELECT position, topic, key, headers, value FROM outbox ORDER BY position LIMIT ${BATCH}`,
    });
    if (!rows.length) return 0;
    await this.options.broker.publish(rows);
    await client.query({
      name: 'outbox-sent',
      text: 'DELETE FROM outbox WHERE position = ANY($1)',
      values: [rows.map(({ position }) => position)],
    });
    return rows.length;
  }

  /** By who sends only, and never in its way: a table that is too large to be counted can still be sent. */
  private async count(client: pg.Client): Promise<void> {
    if (performance.now() - this.countedAt < TURN_MS) return;
    this.countedAt = performance.now();
    const { rows } = await client
      .query<{ events: string; age: string | null }>(
        `SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT ${MOST_COUNTED}) AS counted) AS events,
           (SELECT extract(epoch FROM clock_timestamp() - created_at) FROM outbox ORDER BY position LIMIT 1) AS age`,
      )
      .catch(() => ({ rows: [] }));
    if (rows[0]) this.backlog = { events: Number(rows[0].events), age: Number(rows[0].age ?? 0) };
  }

  private tell(trouble: Error | undefined): void {
    if (this.isInTrouble !== (trouble !== undefined)) this.options.onTrouble(trouble);
    this.isInTrouble = trouble !== undefined;
  }
}
