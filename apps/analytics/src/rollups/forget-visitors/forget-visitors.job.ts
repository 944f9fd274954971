import { Transactions } from '@cairn/database';
import { Job, type JobProvider } from '@cairn/service/job';
import { Inject, Injectable } from '@nestjs/common';
import { ROLLUPS_OPTIONS, type RollupsOptions } from '../rollups.options.ts';

const BATCH = 5_000;

/**
 * Forgets who was there on days whose raw hits are gone, and in which sessions: it is kept so that hours can be counted again, which they
 * cannot be any more. What was counted stays. Several instances share the work.
 */
@Job({ name: 'forget-visitors', everyMs: 600_000 })
@Injectable()
export class ForgetVisitorsJob implements JobProvider {
  constructor(
    private readonly transactions: Transactions,
    @Inject(ROLLUPS_OPTIONS) private readonly options: RollupsOptions,
  ) {}

  async run(stopping?: AbortSignal): Promise<void> {
    for (const text of [VISITORS, SESSIONS]) while (!stopping?.aborted && (await this.forget(text)) === BATCH);
  }

  private forget(text: string): Promise<number> {
    return this.transactions.run(async (tx) => {
      const [, forgotten] = (await tx.query(text, [this.options.rawDays + SLACK_DAYS])) as [unknown, number];
      return forgotten;
    });
  }
}

/** A day of a site may end half a day after that of UTC, and a session a day after it began. */
const SLACK_DAYS = 3;
const some = (table: string, isOld: string) => `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
  SELECT ctid FROM ${table} WHERE ${isOld} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`;
const VISITORS = some('cookieless_visitors', 'day < current_date - $1::integer');
const SESSIONS = some('sessions', `started_at < current_date - $1::integer`);
