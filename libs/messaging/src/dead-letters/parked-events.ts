import type { Transaction } from '@cairn/database';
import type { Delivery } from '../broker/broker.ts';
import { withoutNul } from './storable.ts';

/**
 * Why an event stands here: `retrying` has failed and is tried again at its time, `dead` waits for an operator, `waiting` has not failed and
 * stands behind an earlier one of its key. The first of a key is never `waiting`.
 */
export type ParkedState = 'retrying' | 'dead' | 'waiting';

export interface ParkedEvent extends Omit<Delivery, 'position'> {
  readonly position: string;
  readonly eventId: string;
  /** Null where it could not even be read. */
  readonly type: string | null;
  readonly attempts: number;
  /** As PostgreSQL writes it, to the microsecond: which of its tries this is. */
  readonly retryAt: string;
}

export interface Failure {
  readonly error: Error;
  readonly attempts: number;
  /** Undefined: dead. */
  readonly retryInMs: number | undefined;
}

/** Which of these keys have something parked, in this group. */
export async function parkedKeys(
  tx: Transaction,
  group: string,
  topic: string,
  keys: readonly string[],
): Promise<Set<string>> {
  const rows: { key: string }[] = await tx.query(
    `SELECT key FROM unnest($3::text[]) AS wanted (key) WHERE EXISTS (
       SELECT FROM parked_events WHERE consumer_group = $1 AND topic = $2 AND parked_events.key = wanted.key)`,
    [group, topic, [...new Set(keys)]],
  );
  return new Set(rows.map(({ key }) => key));
}

/** From here to the commit nobody else parks under this key, or lets the next of it go on. */
export async function lockKey(
  tx: Transaction,
  group: string,
  { topic, key }: Pick<Delivery, 'topic' | 'key'>,
): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`parked/${group}/${topic}/${key}`]);
}

export async function park(
  tx: Transaction,
  group: string,
  { eventId, type, ...delivery }: Delivery & { readonly eventId: string; readonly type: string | undefined },
  failure?: Failure,
): Promise<void> {
  const state: ParkedState = !failure ? 'waiting' : failure.retryInMs === undefined ? 'dead' : 'retrying';
  await tx.query(
    `INSERT INTO parked_events (consumer_group, event_id, topic, key, type, headers, value, origin, state, attempts, reason, stack, failed_at, retry_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
       CASE WHEN $9 = 'waiting' THEN NULL ELSE clock_timestamp() END, clock_timestamp() + $13 * interval '1 ms')`,
    [
      group,
      eventId,
      delivery.topic,
      delivery.key,
      type ?? null,
      delivery.headers,
      delivery.value,
      delivery.position,
      state,
      failure?.attempts ?? 0,
      textOf(failure?.error.message),
      textOf(failure?.error.stack),
      failure?.retryInMs ?? null,
    ],
  );
}

/** The one that has been due for longest, locked, of those that no other instance has in hand. */
export async function lockDue(tx: Transaction, group: string): Promise<ParkedEvent | undefined> {
  const [row] = await tx.query(
    `SELECT position, event_id AS "eventId", topic, key, type, headers, value, attempts, retry_at::text AS "retryAt"
     FROM parked_events WHERE consumer_group = $1 AND state = 'retrying' AND retry_at <= clock_timestamp()
     ORDER BY retry_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [group],
  );
  return row as ParkedEvent | undefined;
}

/**
 * It is done with: the next of its key goes on. In the inbox it counts as handled now, for it may have stood here for longer than the inbox
 * remembers.
 */
export async function remove(
  tx: Transaction,
  group: string,
  event: Pick<ParkedEvent, 'position' | 'eventId' | 'topic' | 'key'>,
): Promise<void> {
  await lockKey(tx, group, event);
  await tx.query('DELETE FROM parked_events WHERE position = $1', [event.position]);
  await tx.query('UPDATE inbox SET handled_at = now() WHERE consumer_group = $1 AND event_id = $2', [group, event.eventId]); // prettier-ignore
  await tx.query(
    `UPDATE parked_events SET state = 'retrying', retry_at = clock_timestamp() WHERE state = 'waiting' AND position = (
       SELECT min(position) FROM parked_events WHERE consumer_group = $1 AND topic = $2 AND key = $3)`,
    [group, event.topic, event.key],
  );
}

/** Of this try only: another instance may have noted it already, and an operator have had it replayed since. */
export async function noteFailure(
  tx: Transaction,
  { position, retryAt }: Pick<ParkedEvent, 'position' | 'retryAt'>,
  { error, attempts, retryInMs }: Failure,
): Promise<void> {
  await tx.query(
    `UPDATE parked_events SET state = $2, attempts = $3, reason = $4, stack = $5, failed_at = clock_timestamp(),
       retry_at = clock_timestamp() + $6 * interval '1 ms'
     WHERE position = $1 AND state = 'retrying' AND retry_at = $7::timestamptz`,
    [
      position,
      retryInMs === undefined ? 'dead' : 'retrying',
      attempts,
      textOf(error.message),
      textOf(error.stack),
      retryInMs ?? null,
      retryAt,
    ],
  );
}

/** In milliseconds from now: when the next one is due. Undefined: none is retrying. */
export async function nextDueIn(tx: Transaction, group: string): Promise<number | undefined> {
  const [{ ms }] = await tx.query(
    `SELECT extract(epoch FROM min(retry_at) - clock_timestamp()) * 1000 AS ms FROM parked_events WHERE consumer_group = $1 AND state = 'retrying'`,
    [group],
  );
  return ms === null ? undefined : Math.max(0, Number(ms));
}

const textOf = (text: string | undefined) => (text === undefined ? null : withoutNul(text));
