import { Transactions } from '@cairn/database';
import { Job, type JobProvider } from '@cairn/service/job';
import { Injectable } from '@nestjs/common';
import { KNOWN_DAYS } from '../hit-age.ts';

const BATCH = 5_000;
/** Of rejected rows: who has not looked by then does not look. */
const REJECTED_DAYS = 30;

/** What is known for so long cannot come again: hits that were received before are not stored any more. Several instances share the work. */
@Job({ name: 'forget-known-hits', everyMs: 600_000 })
@Injectable()
export class ForgetKnownHitsJob implements JobProvider {
  constructor(private readonly transactions: Transactions) {}

  async run(stopping?: AbortSignal): Promise<void> {
    while (!stopping?.aborted && (await this.forget(KNOWN, KNOWN_DAYS)) === BATCH);
    while (!stopping?.aborted && (await this.forget(REJECTED, REJECTED_DAYS)) === BATCH);
  }

  private forget(text: string, days: number): Promise<number> {
    return this.transactions.run(async (tx) => {
      const [, forgotten] = (await tx.query(text, [days])) as [unknown, number];
      return forgotten;
    });
  }
}

const KNOWN = `DELETE FROM known_hits WHERE ctid = ANY(ARRAY(
  SELECT ctid FROM known_hits WHERE day < current_date - $1::integer LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`;
const REJECTED = `DELETE FROM rejected_rows WHERE ctid = ANY(ARRAY(
  SELECT ctid FROM rejected_rows WHERE rejected_at < now() - $1 * interval '1 day' LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`;
