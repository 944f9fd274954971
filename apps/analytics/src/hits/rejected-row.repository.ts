import type { Principal } from '@cairn/auth';
import type { Hit } from '@cairn/contracts/events';
import { Sql, type Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { TrackedSite } from '../sites/tracked-sites.service.ts';
import { RejectedRowNotFound } from './hits.errors.ts';
import type { RejectedRowView } from './rejected-row.dto.ts';
import type { Received, RejectedRow } from './rejected-row.ts';

/** Of one site: whoever sends nothing but rubbish does not fill the disk. */
const MOST_OF_SITE = 1_000;

export interface TakenRow {
  readonly row: unknown;
  readonly received: Received;
  readonly site: TrackedSite;
}

/** Rows that were not stored, and why: to be read, replayed or discarded by the owner of the site and by admins. */
@Injectable()
export class RejectedRowRepository {
  constructor(private readonly sql: Sql) {}

  async keep(rows: readonly RejectedRow[]): Promise<void> {
    if (rows.length) await this.sql.rows({ text: KEEP }, valuesOf(rows));
  }

  /** Hits that came with an event and can be stored no more. */
  async keepHits(tx: Transaction, hits: readonly Hit[], reason: string): Promise<void> {
    const rows = hits.map((hit) => ({
      id: uuidv7(),
      siteId: hit.siteId,
      row: { hit },
      reason,
      received: { at: hit.receivedAt, sentAt: null, audience: hit.audience, consented: null },
    }));
    if (rows.length) await tx.query(KEEP, valuesOf(rows));
  }

  list(
    caller: Principal,
    siteId: string | undefined,
    after: string | undefined,
    limit: number,
  ): Promise<RejectedRowView[]> {
    // prettier-ignore
    return this.sql.rows(LIST, [...whoIs(caller), siteId ?? null, after ?? null, limit]);
  }

  /** Out of the table, for who may: of two who take the same one the second finds nothing. @throws RejectedRowNotFound */
  async take(tx: Transaction, caller: Principal, id: string): Promise<TakenRow> {
    const [[taken]] = (await tx.query(TAKE, [...whoIs(caller), id])) as [TakenRow[], number];
    if (!taken) throw new RejectedRowNotFound();
    return taken;
  }
}

const whoIs = ({ id, roles }: Principal) => [id, roles.includes('admin')];

const valuesOf = (rows: readonly RejectedRow[]) => [
  rows.map(({ id }) => id),
  rows.map(({ siteId }) => siteId),
  rows.map(({ row }) => JSON.stringify(row ?? null)),
  rows.map(({ reason }) => reason),
  rows.map(({ received }) => JSON.stringify(received)),
];

/** As many as the site has room for; what others send in the same batch does not count. */
const KEEP = `
  INSERT INTO rejected_rows (id, site_id, row, reason, received)
  SELECT given.id, given.site_id, given.row, given.reason, given.received
  FROM (
    SELECT *, row_number() OVER (PARTITION BY site_id ORDER BY n) AS place
    FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[], $4::text[], $5::jsonb[]) WITH ORDINALITY
      AS each (id, site_id, row, reason, received, n)) AS given, LATERAL (
      SELECT count(*) AS before FROM (SELECT FROM rejected_rows r WHERE r.site_id = given.site_id LIMIT ${MOST_OF_SITE}) AS kept) AS kept
  WHERE EXISTS (SELECT FROM sites WHERE sites.id = given.site_id) AND before + place <= ${MOST_OF_SITE}`;

const LIST = {
  name: 'list-rejected-rows',
  text: `SELECT r.id, r.site_id AS "siteId", r.row, r.reason, r.received ->> 'at' AS "receivedAt", r.rejected_at AS "rejectedAt"
    FROM rejected_rows r JOIN sites s ON s.id = r.site_id
    WHERE ($2 OR s.owner_id = $1) AND ($3::uuid IS NULL OR r.site_id = $3) AND ($4::uuid IS NULL OR r.id > $4)
    ORDER BY r.id LIMIT $5`,
};

const TAKE = `
  DELETE FROM rejected_rows r USING sites s WHERE s.id = r.site_id AND ($2 OR s.owner_id = $1) AND r.id = $3
  RETURNING r.row, r.received, json_build_object('id', s.id, 'timeZone', s.time_zone, 'allowedOrigins', s.allowed_origins,
    'visitorSalt', s.visitor_salt) AS site`;
