import type { CloudEvent, EventContract, EventData } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import type { Handle } from '../broker/broker.ts';
import type { ConsumerProvider } from '../consumer/consumer.decorator.ts';
import { Outbox } from '../outbox/outbox.service.ts';
import { soundCore } from './contract-kit.ts';
import type { BrokerProcess } from './broker-process.ts';
import type { MessagingDatabase } from './messaging-rig.ts';
import { notedOn, type Noted } from './noted.events.ts';
import type { Stage } from './stage.ts';

const RETRIES = { maxAttempts: 3, firstMs: 5, maxMs: 20 };

type NotedEvent = CloudEvent<EventData<Noted>>;

/** A service with one event, for one clause: what its group does is written into the effects. */
export class MessagingStage {
  readonly noted: Noted;
  readonly database: MessagingDatabase;
  private readonly stage: Stage;

  constructor(stage: Stage) {
    this.stage = stage;
    this.database = stage.rig.database;
    this.noted = notedOn(stage.topic);
  }

  /** In one transaction, after which `then` may still make it fail. */
  async publish(
    list: readonly (readonly [key: string, n: number])[],
    then: () => Promise<void> = async () => undefined,
  ) {
    await this.database.transactions.run(async (tx) => {
      for (const [key, n] of list) await this.outbox().publish(tx, this.noted, { key, n });
      await then();
    });
  }

  outbox() {
    const { outbox } = { ...soundCore, ...this.stage.kit.core };
    const made = outbox({ service: 'contract', publishes: [this.noted] }, this.stage.process());
    if (made instanceof Outbox) made.onCommitted = () => this.stage.rig.relay.ring();
    return made;
  }

  /** One more instance of the group. `before` is what its handler does before it writes its effect, `around` stands between it and the broker. */
  async instance(
    before: (event: NotedEvent, tx: Transaction) => unknown = () => undefined,
    around: (handle: Handle, process: BrokerProcess) => Handle = (handle) => handle,
  ): Promise<void> {
    const { group, topic } = this.stage;
    const { groupConsumer } = { ...soundCore, ...this.stage.kit.core };
    const provider: ConsumerProvider<Noted> = {
      handle: async (event, tx) => {
        await before(event, tx);
        await this.database.note(tx, group, { eventId: event.id, ...event.data });
      },
    };
    const consumer = groupConsumer({
      handlers: {
        group,
        contracts: new Map([[this.noted.type, this.noted as unknown as EventContract]]),
        consumers: new Map([[this.noted.type, [provider as unknown as ConsumerProvider]]]),
      },
      transactions: this.database.transactions,
      knows: new Set([this.noted.type]),
      retries: RETRIES,
      onFailure: () => undefined,
      onTrouble: () => undefined,
    });
    consumer.start();
    this.stage.onClose(() => consumer.stop());
    const process = this.stage.process();
    const handle = around((deliveries) => consumer.handle(deliveries), process);
    await process.consume({ group, topics: [topic], maxBatch: 20 }, handle);
  }

  /** By key, as they committed. */
  async effects(): Promise<Record<string, number[]>> {
    const effects = await this.database.effects(this.stage.group);
    return Object.fromEntries(
      [...Map.groupBy(effects, ({ key }) => key)].map(([key, each]) => [key, each.map(({ n }) => n)]),
    );
  }

  parked() {
    return this.database.parked(this.stage.group);
  }

  async untilEffects(count: number): Promise<void> {
    const { database, stage } = this;
    await stage.until(`${count} effects`, async () => (await database.effects(stage.group)).length >= count);
  }
}
