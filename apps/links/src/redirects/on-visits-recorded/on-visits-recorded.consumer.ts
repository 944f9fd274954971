import { linkVisitsRecorded, type CloudEvent, type EventData } from '@cairn/contracts/events';
import type { Transaction } from '@cairn/database';
import { Consumer, type ConsumerProvider } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';

interface Counts {
  person: number;
  preview: number;
  bot: number;
  /** When a person came last. */
  last: string | null;
}

/** A link's own totals: one statement for all that came together. */
@Consumer({ event: linkVisitsRecorded, group: 'links-counters', paceMs: 250 })
@Injectable()
export class CountVisitsOnVisitsRecorded implements ConsumerProvider<typeof linkVisitsRecorded> {
  async handleBatch(
    events: readonly CloudEvent<EventData<typeof linkVisitsRecorded>>[],
    tx: Transaction,
  ): Promise<void> {
    const byLink = new Map<string, Counts>();
    for (const { data } of events)
      for (const { linkId, at, audience } of data.visits) {
        let counts = byLink.get(linkId);
        if (!counts) byLink.set(linkId, (counts = { person: 0, preview: 0, bot: 0, last: null }));
        counts[audience.kind]++;
        if (audience.kind === 'person' && (counts.last === null || at > counts.last)) counts.last = at;
      }
    const all = [...byLink.values()];
    const column = <T>(of: (counts: Counts) => T) => all.map(of);
    await tx.query(COUNT, [
      [...byLink.keys()],
      column(({ person }) => person),
      column(({ preview }) => preview),
      column(({ bot }) => bot),
      column(({ last }) => last),
    ]);
  }
}

/**
 * In the order of their ids, so that batches that are counted at the same time do not lock each other out. Of a link whose row is gone
 * nothing is counted: its counters went with it.
 */
const COUNT = `INSERT INTO link_counters AS c (link_id, visits, previews, bots, last_visit_at)
  SELECT counted.* FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[])
    AS counted (link_id, visits, previews, bots, last_visit_at) JOIN links l ON l.id = link_id ORDER BY link_id
  ON CONFLICT (link_id) DO UPDATE SET visits = c.visits + excluded.visits, previews = c.previews + excluded.previews,
    bots = c.bots + excluded.bots, last_visit_at = greatest(c.last_visit_at, excluded.last_visit_at)`;
