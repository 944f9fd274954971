import { migrate } from '@cairn/database/migrate';
import { Sql, Transactions, type Transaction } from '@cairn/database';
import { createTestDatabase } from '@cairn/testing';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { DeadLetterRepository } from '../dead-letters/dead-letters.repository.ts';
import { OutboxRelay } from '../outbox/outbox-relay.ts';
import { CreateMessaging1764000000000 } from '../schema.ts';
import { BrokerProcess } from './broker-process.ts';
import type { ContractKit } from './contract-kit.ts';

/** What handlers have done, in the order in which they committed under each key. */
class CreateEffects1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE effects (
      position bigint GENERATED ALWAYS AS IDENTITY, consumer_group text, event_id text, key text, n integer)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE effects');
  }
}

export interface Effect {
  readonly eventId: string;
  readonly key: string;
  readonly n: number;
}

export interface Parked extends Effect {
  /** As operators know it. */
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly reason: string | null;
  readonly stack: string | null;
  readonly value: string;
  readonly headers: Record<string, string>;
}

/** A service's database with what messaging needs in it. */
export class MessagingDatabase {
  readonly url: string;
  readonly dataSource: DataSource;
  readonly transactions: Transactions;
  private readonly drop: () => Promise<void>;

  private constructor(url: string, dataSource: DataSource, drop: () => Promise<void>) {
    this.url = url;
    this.dataSource = dataSource;
    this.transactions = new Transactions(dataSource);
    this.drop = drop;
  }

  static async create(): Promise<MessagingDatabase> {
    const { url, ownerUrl, drop } = await createTestDatabase();
    const migrations = [CreateMessaging1764000000000, CreateEffects1764000000001];
    await migrate({ type: 'postgres', url: ownerUrl, migrations }, new URL(url).username);
    return new MessagingDatabase(url, await new DataSource({ type: 'postgres', url, poolSize: 20 }).initialize(), drop);
  }

  /** For a handler. */
  async note(tx: Transaction, group: string, { eventId, key, n }: Effect): Promise<void> {
    await tx.query('INSERT INTO effects (consumer_group, event_id, key, n) VALUES ($1, $2, $3, $4)', [group, eventId, key, n]); // prettier-ignore
  }

  effects(group: string): Promise<Effect[]> {
    return this.dataSource.query(
      'SELECT event_id AS "eventId", key, n FROM effects WHERE consumer_group = $1 ORDER BY position',
      [group],
    );
  }

  parked(group: string): Promise<Parked[]> {
    return this.dataSource.query(
      `SELECT position::text AS id, event_id AS "eventId", key, state, attempts, reason, stack, value, headers FROM parked_events
       WHERE consumer_group = $1 ORDER BY position`,
      [group],
    );
  }

  /** As an operator does. */
  async replay(group: string, eventId: string): Promise<void> {
    const dead = (await this.parked(group)).filter((each) => each.eventId === eventId);
    const letters = new DeadLetterRepository(new Sql(this.dataSource));
    await this.transactions.run((tx) => letters.replay(tx, { ids: dead.map(({ id }) => id), group }));
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.drop();
  }
}

/** The database of a kit and the relay of its outbox. */
export class MessagingRig {
  readonly database: MessagingDatabase;
  private readonly process: BrokerProcess;
  readonly relay: OutboxRelay;

  private constructor(kit: ContractKit, database: MessagingDatabase) {
    this.database = database;
    this.process = new BrokerProcess(() => kit.connect(), kit.cut);
    this.relay = new OutboxRelay({ databaseUrl: database.url, broker: this.process, onTrouble: () => undefined });
    this.relay.start();
  }

  static async open(kit: ContractKit): Promise<MessagingRig> {
    return new MessagingRig(kit, await MessagingDatabase.create());
  }

  async close(): Promise<void> {
    await this.relay.stop();
    await this.process.close();
    await this.database.close();
  }
}
