import { Sql, type Transaction } from '@cairn/database';
import { Injectable } from '@nestjs/common';

/** What was under way when the site was deleted may have written after the first pass: it is looked again, when no transaction of then can be open. */
const SECOND_PASS_SECONDS = 60;
const PASSES = 2;
const ROWS_OF_A_STEP = 5_000;

/** Deleted sites whose data is still to be erased. */
@Injectable()
export class SiteErasureRepository {
  constructor(private readonly sql: Sql) {}

  async due(): Promise<string[]> {
    const rows = await this.sql.rows<{ siteId: string }>(DUE, []);
    return rows.map(({ siteId }) => siteId);
  }

  /** Only if no other instance is at it. */
  async lock(tx: Transaction, siteId: string): Promise<boolean> {
    const found = await tx.query(
      'SELECT FROM site_erasures WHERE site_id = $1 AND due_at <= now() FOR UPDATE SKIP LOCKED',
      [siteId],
    );
    return found.length === 1;
  }

  /** Some rows of the first table that has any; false when nothing is left. */
  async eraseSome(tx: Transaction, siteId: string): Promise<boolean> {
    if (await erased(tx, ERASE_HITS, siteId)) return true;
    for (const { name } of (await tx.query(TABLES)) as { name: string }[]) {
      const some = `SELECT ctid FROM ${name} WHERE site_id = $1 LIMIT ${ROWS_OF_A_STEP}`;
      if (await erased(tx, `DELETE FROM ${name} WHERE ctid = ANY(ARRAY(${some}))`, siteId)) return true;
    }
    return false;
  }

  async passed(tx: Transaction, siteId: string): Promise<void> {
    await tx.query(
      `UPDATE site_erasures SET passes = passes + 1, due_at = now() + $2 * interval '1 second' WHERE site_id = $1`,
      [siteId, SECOND_PASS_SECONDS],
    );
    await tx.query('DELETE FROM site_erasures WHERE site_id = $1 AND passes >= $2', [siteId, PASSES]);
  }
}

async function erased(tx: Transaction, text: string, siteId: string): Promise<boolean> {
  const [, count] = (await tx.query(text, [siteId])) as [unknown, number];
  return count > 0;
}

/** The earliest, in the order of the index: a site may have millions, on hundreds of days. */
const ERASE_HITS = `
  WITH batch AS (SELECT at FROM hits WHERE site_id = $1 ORDER BY at LIMIT ${ROWS_OF_A_STEP})
  DELETE FROM hits WHERE site_id = $1 AND at >= (SELECT min(at) FROM batch) AND at <= (SELECT max(at) FROM batch)`;

/** Whatever else has a `site_id` is data of the site: nobody has to think of it when a table is added. */
const TABLES = `
  SELECT quote_ident(relname) AS name FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
  WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relispartition AND attname = 'site_id' AND NOT attisdropped
    AND relname <> 'site_erasures' ORDER BY relname`;

const DUE = {
  name: 'site-erasures-due',
  text: 'SELECT site_id AS "siteId" FROM site_erasures WHERE due_at <= now() ORDER BY due_at LIMIT 100',
};
