import { Sql } from '@cairn/database';
import { withoutDeadline } from '@cairn/observability';
import { Injectable } from '@nestjs/common';
import { EXPORTED, type ExportedHit } from '../exported-hit.ts';

/** Rows in memory at a time, twice: those that are being sent, and the next ones. */
export const PAGE_ROWS = 2_000;

export interface HitsOfRange {
  readonly siteId: string;
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
}

/**
 * The raw rows of a site, page by page by time, each page asked for when the one before has been taken. A cursor would keep a connection, a snapshot and with
 * it what VACUUM may not remove, for as long as a slow reader takes; pages keep nothing.
 */
@Injectable()
export class ExportHitsQuery {
  constructor(private readonly sql: Sql) {}

  /** Whatever a caller would wait for, the file takes as long as it takes. */
  async *pages({ siteId, from, to }: HitsOfRange, pageRows = PAGE_ROWS): AsyncGenerator<ExportedHit[], void> {
    let after: readonly [Date, string] = [from, '00000000-0000-0000-0000-000000000000'];
    for (;;) {
      const values = [siteId, ...after, to, pageRows];
      const rows = await withoutDeadline(() => this.sql.rows<ExportedHit>(PAGE, values));
      const last = rows.at(-1);
      if (last) yield rows;
      if (!last || rows.length < pageRows) return;
      after = [last.at, last.id];
    }
  }
}

const columnOf = (name: string) => name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);

const PAGE = {
  name: 'export-hits',
  text: `SELECT ${EXPORTED.map((name) => `${columnOf(name)} AS "${name}"`).join(', ')} FROM hits
    WHERE site_id = $1 AND at >= $2 AND (at, id) > ($2, $3) AND at < $4
    ORDER BY at, id LIMIT $5`,
};
