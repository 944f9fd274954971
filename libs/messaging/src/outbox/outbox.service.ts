import type { EventContract } from '@cairn/contracts/events';
import { afterCommit, type Transaction } from '@cairn/database';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { toRecord } from '../cloud-events.ts';
import { assertPublishes } from '../messaging.errors.ts';
import { MESSAGING_OPTIONS, type MessagingOptions } from '../messaging.options.ts';

/**
 * Each key is locked until the commit, before the position is drawn: so events of one key have positions in the order of their commits,
 * and not of their first statements. Whoever publishes under another key waits for nobody; several keys are locked in one order, so that
 * two who publish the same ones do not lock each other out.
 */
const INSERT = `
  WITH locked AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(lock) FROM (
      SELECT DISTINCT hashtextextended(topic || '/' || key, 0) AS lock FROM unnest($1::text[], $2::text[]) AS event (topic, key) ORDER BY lock
    ) AS locks)
  INSERT INTO outbox (topic, key, headers, value)
  SELECT topic, key, headers, value FROM (SELECT count(*) FROM locked) AS held,
    unnest($1::text[], $2::text[], $3::jsonb[], $4::text[]) WITH ORDINALITY AS event (topic, key, headers, value, place)
  ORDER BY place`;

/**
 * Transactional outbox (Richardson, Microservices Patterns, 3.3.7): an event is a row that commits with what it tells of, or not at all.
 * The relay brings it to the broker afterwards.
 */
@Injectable()
export class Outbox {
  /** Called when something has been committed that waits to be sent. */
  onCommitted: () => void = () => {};

  constructor(@Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions) {}

  /** @throws InvalidEvent when the data do not fit the contract, or this service has not said that it publishes it */
  publish<Schema extends z.ZodObject>(
    tx: Transaction,
    contract: EventContract<Schema>,
    data: z.input<Schema>,
  ): Promise<void> {
    return this.publishAll(tx, contract, [data]);
  }

  /** Many at once, in their order, by one statement. @throws InvalidEvent; then none of them is there */
  async publishAll<Schema extends z.ZodObject>(
    tx: Transaction,
    contract: EventContract<Schema>,
    list: readonly z.input<Schema>[],
  ): Promise<void> {
    assertPublishes(this.options, contract);
    const records = list.map((data) => toRecord(contract, data, this.options.service));
    const column = (of: (record: (typeof records)[number]) => string) => records.map(of);
    await tx.query(INSERT, [
      column(({ topic }) => topic),
      column(({ key }) => key),
      column(({ headers }) => JSON.stringify(headers)),
      column(({ value }) => value),
    ]);
    afterCommit(tx, () => this.onCommitted());
  }
}
