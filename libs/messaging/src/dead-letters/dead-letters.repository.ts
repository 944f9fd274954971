import { Sql, type Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import type { ChooseDeadLetters, DeadLetter, DeadLetterDetails } from './dead-letter.dto.ts';
import { remove } from './parked-events.ts';

const SUMMARY = `position::text AS id, event_id AS "eventId", consumer_group AS "group", type, topic, key, state, reason, attempts,
  parked_at AS "parkedAt", failed_at AS "failedAt", CASE WHEN state = 'waiting' THEN 0 ELSE (
    SELECT count(*)::integer FROM parked_events AS behind WHERE behind.state = 'waiting'
      AND (behind.consumer_group, behind.topic, behind.key) = (parked.consumer_group, parked.topic, parked.key)) END AS waiting`;
const DETAILS = `${SUMMARY}, retry_at AS "retryAt", origin AS position, headers, value AS record, stack`;

/** What `chosen` says, as $1 to $4; ids as the parameter of an array. */
const CHOSEN = `state = 'dead' AND ($1::bigint[] IS NULL OR position = ANY($1)) AND ($2::text IS NULL OR consumer_group = $2)
  AND ($3::text IS NULL OR type = $3) AND ($4::text IS NULL OR key = $4)`;
const valuesOf = ({ ids, group, type, key }: ChooseDeadLetters) => [ids ?? null, group ?? null, type ?? null, key ?? null]; // prettier-ignore

export const LIST = {
  name: 'list-dead-letters',
  text: `SELECT ${SUMMARY} FROM parked_events AS parked WHERE ${CHOSEN} AND position > $5 ORDER BY position LIMIT $6`,
};

/** What operators ask of the parked events. */
@Injectable()
export class DeadLetterRepository {
  constructor(private readonly sql: Sql) {}

  /** In the order in which they were parked: those after this one. */
  list(chosen: ChooseDeadLetters, after: string, limit: number): Promise<DeadLetter[]> {
    return this.sql.rows(LIST, [...valuesOf(chosen), after, limit]);
  }

  /** In whichever state it is. */
  async find(id: string): Promise<DeadLetterDetails | undefined> {
    const [found] = await this.sql.rows<DeadLetterDetails>(
      { name: 'find-dead-letter', text: `SELECT ${DETAILS} FROM parked_events AS parked WHERE position = $1` },
      [id],
    );
    return found;
  }

  async count(chosen: ChooseDeadLetters): Promise<number> {
    const text = `SELECT count(*)::integer AS count FROM parked_events WHERE ${CHOSEN}`;
    const [row] = await this.sql.rows<{ count: number }>({ text }, valuesOf(chosen));
    return row!.count;
  }

  async ids(chosen: ChooseDeadLetters, limit: number): Promise<string[]> {
    const text = `SELECT position::text AS id FROM parked_events WHERE ${CHOSEN} ORDER BY position LIMIT $5`;
    const rows = await this.sql.rows<{ id: string }>({ text }, [...valuesOf(chosen), limit]);
    return rows.map(({ id }) => id);
  }

  /**
   * Due now, with attempts counted anew; what waits behind it goes on waiting. Answers the ids of those that were dead. Rows are locked in
   * their order, so that two operators who choose the same ones do not lock each other out.
   */
  async replay(tx: Transaction, chosen: ChooseDeadLetters): Promise<string[]> {
    const [rows] = (await tx.query(
      `UPDATE parked_events SET state = 'retrying', attempts = 0, retry_at = clock_timestamp() WHERE position IN (
         SELECT position FROM parked_events WHERE ${CHOSEN} ORDER BY position FOR UPDATE)
       RETURNING position::text AS id`,
      valuesOf(chosen),
    )) as [{ id: string }[], number];
    return rows.map(({ id }) => id);
  }

  /** It is gone and the next of its key goes on; false when it is not dead (any more). */
  async discard(tx: Transaction, id: string): Promise<boolean> {
    const [found] = await tx.query(
      `SELECT position, event_id AS "eventId", consumer_group AS "group", topic, key FROM parked_events
       WHERE position = $1 AND state = 'dead' FOR UPDATE`,
      [id],
    );
    if (!found) return false;
    await remove(tx, found.group, found);
    return true;
  }
}
