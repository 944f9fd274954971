import type { Transaction } from '@cairn/database';

/**
 * Idempotent consumer (Hohpe and Woolf, Enterprise Integration Patterns, "Idempotent Receiver"): notes in the transaction of the effect that
 * an event has been handled. Whoever tries the same one at the same time waits here until that transaction has ended.
 * Answers the ids that are new, in the order given.
 */
export async function claim(tx: Transaction, group: string, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows: { event_id: string }[] = await tx.query(
    `INSERT INTO inbox (consumer_group, event_id) SELECT $1, id FROM unnest($2::text[]) AS id
     ON CONFLICT DO NOTHING RETURNING event_id`,
    [group, eventIds],
  );
  return new Set(rows.map(({ event_id }) => event_id));
}
