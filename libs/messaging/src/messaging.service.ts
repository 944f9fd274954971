import { type EventContract, events } from '@cairn/contracts/events';
import { Transactions } from '@cairn/database';
import { gauge } from '@cairn/observability';
import { Dependency, type DependencyProvider } from '@cairn/service/health';
import { providersWith } from '@cairn/service/discovery';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, Consumption } from './broker/broker.ts';
import { Broadcasts } from './broadcasts.service.ts';
import { CONSUMER, type ConsumerOptions, type ConsumerProvider } from './consumer/consumer.decorator.ts';
import type { GroupHandlers } from './consumer/event-handler.ts';
import { GroupConsumer } from './consumer/group-consumer.ts';
import { lagByTopic } from './consumer/lag.ts';
import { BROKER, DATABASE_URL, FACT_SENDER, MESSAGING_OPTIONS, type MessagingOptions } from './messaging.options.ts';
import { Outbox } from './outbox/outbox.service.ts';
import type { FactSender } from './spool/fact-sender.ts';
import { OutboxRelay } from './outbox/outbox-relay.ts';

const MAX_BATCH = 100;
const RETRY_MS = 500;
const LAG_EVERY_MS = 5_000;

/**
 * The part of a process that moves events: the relay of its outbox, its groups and what it hears. It comes up while the broker is away
 * and goes on by itself when that is back.
 */
@Dependency({ name: 'broker', required: false })
@Injectable()
export class Messaging implements DependencyProvider {
  private readonly logger = new Logger(Messaging.name);
  private readonly stopping = new AbortController();
  private readonly joining: Promise<void>[] = [];
  private readonly consumptions: Consumption[] = [];
  private readonly groups: GroupConsumer[] = [];
  private readonly relay: OutboxRelay;
  private lag: Record<string, number> = {};

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly transactions: Transactions,
    private readonly broadcasts: Broadcasts,
    @Inject(BROKER) private readonly broker: Broker,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
    @Inject(DATABASE_URL) databaseUrl: string,
    @Inject(FACT_SENDER) private readonly facts: FactSender | undefined,
    outbox: Outbox,
  ) {
    outbox.onCommitted = () => this.relay.ring();
    this.relay = new OutboxRelay({
      databaseUrl,
      broker,
      onTrouble: (trouble) =>
        trouble
          ? this.logger.error(trouble, 'The outbox cannot be sent; its events wait')
          : this.logger.warn('The outbox is sent again'),
    });
  }

  async open(): Promise<void> {
    this.showMetrics();
    await this.facts?.start();
    this.relay.start();
    for (const handlers of this.handlers()) {
      const group = this.groupConsumer(handlers);
      group.start();
      this.groups.push(group);
      const topics = [...new Set([...handlers.contracts.values()].map(({ topic }) => topic))];
      this.joining.push(
        this.untilItWorks(`join the group ${handlers.group}`, async () => {
          const options = { group: handlers.group, topics, maxBatch: MAX_BATCH };
          this.consumptions.push(await this.broker.consume(options, (deliveries) => group.handle(deliveries)));
        }),
      );
    }
    const heard = [...new Set((this.options.hears ?? []).map(({ topic }) => topic))];
    if (heard.length)
      this.joining.push(
        this.untilItWorks('listen', async () => {
          await this.broker.listen(heard, (delivery) => this.broadcasts.tell(delivery));
        }),
      );
  }

  check(): Promise<void> {
    return this.broker.check();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.joining);
    await Promise.all([this.relay.stop(), this.facts?.stop(), ...this.consumptions.map((each) => each.stop())]);
    await Promise.all(this.groups.map((each) => each.stop()));
    await this.broker.close();
  }

  /** What every group of this process handles. */
  handlers(): GroupHandlers[] {
    const found = providersWith<ConsumerOptions, ConsumerProvider>(this.discovery, CONSUMER);
    const byGroup = Map.groupBy(found, ({ options: { group } }) => group ?? this.options.service);
    return [...byGroup].map(([group, members]) => {
      const byType = Map.groupBy(members, ({ options }) => options.event.type);
      return {
        group,
        contracts: new Map<string, EventContract>(members.map(({ options: { event } }) => [event.type, event])),
        consumers: new Map([...byType].map(([type, each]) => [type, each.map(({ provider }) => provider)])),
        paceMs: Math.max(...members.map(({ options: { paceMs = 0 } }) => paceMs)),
      };
    });
  }

  private groupConsumer(handlers: GroupHandlers): GroupConsumer {
    return new GroupConsumer({
      handlers,
      maxBatch: MAX_BATCH,
      transactions: this.transactions,
      knows: new Set(events.map(({ type }) => type)),
      onFailure: ({ error, eventId, type, attempts, isDead }) =>
        this.logger[isDead ? 'error' : 'warn'](
          { err: error, eventId, type, attempts, group: handlers.group },
          isDead ? 'An event is dead: an operator has to replay or discard it' : 'An event failed; it is tried again',
        ),
      onTrouble: (error) => this.logger.error(error, `The group ${handlers.group} cannot go on: its events wait`),
    });
  }

  private async untilItWorks(what: string, attempt: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    for (let isToldOf = false; !signal.aborted;) {
      try {
        return await attempt();
      } catch (error) {
        if (!isToldOf) this.logger.error(error, `The broker does not let us ${what}; it is tried again`);
        isToldOf = true;
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private showMetrics(): void {
    gauge('outbox_backlog_events', { help: 'Events that wait to be sent', read: () => this.relay.backlog.events });
    gauge('outbox_oldest_age_seconds', {
      help: 'For how long the oldest of them has waited',
      read: () => this.relay.backlog.age,
    });
    gauge('outbox_relay_active', { help: '1 in the process that sends', read: () => Number(this.relay.isActive) });
    gauge('consumer_lag_events', { help: 'Events that wait to be handled', label: 'topic', read: () => this.lag });
    void this.measureLag();
  }

  private async measureLag(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.lag = await lagByTopic(this.consumptions);
      await sleep(LAG_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
